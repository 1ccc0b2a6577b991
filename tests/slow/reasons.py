"""Lists of reasons: files of lines `column | column | ... | reason`, with comments behind #."""
import sys


def read(path, form):
    """The rows (line number, column, ..., reason) of a list whose columns are named in `form`."""
    columns, rows = len(form.split(" | ")), []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line and not line.startswith("#"):
            parts = [part.strip() for part in line.split(" | ")]
            if len(parts) != columns or not all(parts):
                sys.exit(f"{path.name}:{number}: not of the form {form}")
            rows.append((number, *parts))
    return rows
