"""From findings, as plain data, to what people read: a page, Markdown, the terminal.

`brief.render_html`, `brief.render_markdown` and the functions of `terminal` are the way in. This room knows
nothing of how findings are made; it reads dictionaries and prints.
"""
