"""The pages of the documentation site: Markdown, from the facts, from docstrings and from the documents."""
