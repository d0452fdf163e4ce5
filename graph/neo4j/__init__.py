"""The Neo4j backend: loading, Cypher and the same interface."""
