// Renders /openapi.json with text nodes only: no markup from the document is ever interpreted.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];

function element(tag, text, name) {
  const made = document.createElement(tag);
  if (text !== undefined && text !== null) made.textContent = String(text);
  if (name) made.className = name;
  return made;
}

function nameOf(reference) {
  return reference.slice(reference.lastIndexOf("/") + 1);
}

// A schema in one line; parts of it that are named elsewhere become links.
function describe(schema) {
  const line = element("span", null, "type");
  const add = (text) => line.append(document.createTextNode(text));
  if (!schema || Object.keys(schema).length === 0) {
    add("any");
  } else if (schema.$ref) {
    const link = element("a", nameOf(schema.$ref));
    link.setAttribute("href", "#schema-" + encodeURIComponent(nameOf(schema.$ref)));
    line.append(link);
  } else if (schema.anyOf || schema.oneOf) {
    (schema.anyOf || schema.oneOf).forEach((part, place) => {
      if (place) add(" or ");
      line.append(describe(part));
    });
  } else if (schema.type === "array") {
    add("list of ");
    line.append(schema.prefixItems ? describe(schema.prefixItems[0]) : describe(schema.items));
  } else if (schema.type === "object" && schema.additionalProperties) {
    add("map to ");
    line.append(describe(schema.additionalProperties));
  } else {
    add(schema.const !== undefined ? JSON.stringify(schema.const) : schema.type || "any");
  }
  return line;
}

function limits(schema) {
  const words = [];
  const options = [schema, ...(schema.anyOf || []), ...(schema.items ? [schema.items] : [])];
  for (const one of options) {
    if (one.enum) {
      const shown = one.enum.slice(0, 30).join(", ");
      words.push("one of " + shown + (one.enum.length > 30 ? " … (" + one.enum.length + ")" : ""));
    }
    if (one.minimum !== undefined) words.push("at least " + one.minimum);
    if (one.maximum !== undefined) words.push("at most " + one.maximum);
    if (one.minItems !== undefined) words.push("at least " + one.minItems + " items");
    if (one.maxItems !== undefined) words.push("at most " + one.maxItems + " items");
    if (one.maxLength !== undefined) words.push("at most " + one.maxLength + " characters");
  }
  if (schema.default !== undefined && schema.default !== null) {
    words.push("default " + JSON.stringify(schema.default));
  }
  return words.join("; ");
}

function table(caption, rows) {
  const made = element("table");
  made.append(element("caption", caption));
  const head = element("tr");
  for (const title of ["Name", "Type", "Meaning"]) {
    const cell = element("th", title);
    cell.setAttribute("scope", "col");
    head.append(cell);
  }
  const header = element("thead");
  header.append(head);
  const body = element("tbody");
  for (const row of rows) {
    const line = element("tr");
    const name = element("th", null, "name");
    name.setAttribute("scope", "row");
    name.append(element("code", row.name));
    if (row.required) name.append(element("span", " required", "required"));
    const type = element("td");
    type.append(describe(row.schema));
    const meaning = element("td");
    if (row.text) meaning.append(element("div", row.text));
    const bounds = limits(row.schema);
    if (bounds) meaning.append(element("div", bounds, "bounds"));
    line.append(name, type, meaning);
    body.append(line);
  }
  made.append(header, body);
  return made;
}

function propertiesOf(schema) {
  const required = schema.required || [];
  return Object.entries(schema.properties || {}).map(([name, part]) => ({
    name, schema: part, text: part.description, required: required.includes(name),
  }));
}

function example(title, value) {
  const made = element("figure");
  made.append(element("figcaption", title));
  made.append(element("pre", JSON.stringify(value, null, 2)));
  return made;
}

function operation(path, method, said, schemas) {
  const section = element("section");
  section.id = "operation-" + said.operationId;
  const title = element("h2");
  title.append(element("span", method.toUpperCase(), "method " + method));
  title.append(element("code", path));
  section.append(title, element("p", said.summary, "summary"));
  if (said.description) section.append(element("p", said.description));
  const parameters = (said.parameters || []).map((one) => ({
    name: one.name + " (" + one.in + ")", schema: one.schema || {}, text: one.description,
    required: one.required,
  }));
  if (parameters.length) section.append(table("Parameters", parameters));
  const content = said.requestBody && said.requestBody.content["application/json"];
  if (content) {
    const schema = content.schema.$ref ? schemas[nameOf(content.schema.$ref)] : content.schema;
    section.append(table("Body", propertiesOf(schema)));
    for (const value of schema.examples || []) section.append(example("Example", value));
  }
  const answers = element("dl");
  for (const [status, answer] of Object.entries(said.responses || {})) {
    answers.append(element("dt", status));
    const meaning = element("dd", answer.description + " ");
    for (const body of Object.values(answer.content || {})) meaning.append(describe(body.schema));
    answers.append(meaning);
  }
  section.append(element("h3", "Answers"), answers);
  return section;
}

function schemaSection(name, schema) {
  const section = element("section");
  section.id = "schema-" + name;
  section.append(element("h3", name));
  if (schema.description) section.append(element("p", schema.description));
  const rows = propertiesOf(schema);
  if (rows.length) section.append(table("Parts", rows));
  else section.append(element("p", limits(schema), "bounds"));
  return section;
}

function render(said) {
  const main = document.getElementById("main");
  const contents = document.getElementById("contents");
  const schemas = (said.components && said.components.schemas) || {};
  main.replaceChildren();
  for (const text of said.info.description.split("\n\n")) main.append(element("p", text));
  const list = element("ul");
  const entry = (target, text) => {
    const link = element("a", text);
    link.setAttribute("href", "#" + encodeURIComponent(target));
    const item = element("li");
    item.append(link);
    list.append(item);
  };
  for (const [path, methods] of Object.entries(said.paths)) {
    for (const method of METHODS) {
      if (!methods[method]) continue;
      main.append(operation(path, method, methods[method], schemas));
      entry("operation-" + methods[method].operationId, methods[method].summary);
    }
  }
  const title = element("h2", "Shapes");
  title.id = "shapes";
  main.append(title);
  entry("shapes", "Shapes");
  for (const [name, schema] of Object.entries(schemas)) main.append(schemaSection(name, schema));
  contents.append(list);
}

fetch("/openapi.json")
  .then((answer) => answer.json())
  .then(render)
  .catch(() => {
    document.getElementById("state").textContent = "The document could not be read.";
  });
