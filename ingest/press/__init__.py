"""From press releases to proposed evidence rows: nothing here decides, a person does."""
