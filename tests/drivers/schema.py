"""Holds a JSON value against a JSON Schema: the words that doc/result.schema.json uses, and no others."""
import re

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
SILENT = {"$schema", "$defs", "title", "description"}


def is_of(value, kind):
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "integer":
        return number and value == int(value)
    return number if kind == "number" else isinstance(value, TYPES[kind])


def problems(value, schema, root, at="$"):
    """What is wrong, a line each."""
    found = []
    for word, wanted in schema.items():
        if word == "$ref":
            part = root
            for name in wanted.split("/")[1:]:
                part = part[name]
            found += problems(value, part, root, at)
        elif word == "type":
            kinds = wanted if isinstance(wanted, list) else [wanted]
            if not any(is_of(value, kind) for kind in kinds):
                found.append(f"{at} is no {' or '.join(kinds)}: {str(value)[:60]}")
        elif word == "anyOf":
            each = [problems(value, part, root, at) for part in wanted]
            if all(each):
                found.append(f"{at} is none of: " + "; or ".join(e[0] for e in each))
        elif word in ("const", "enum"):
            if value not in (wanted if word == "enum" else [wanted]):
                found.append(f"{at} is {value!r}, not {wanted!r}")
        elif word == "required":
            found += [f"{at} has no {name!r}" for name in wanted if isinstance(value, dict) and name not in value]
        elif word == "properties":
            for name, part in wanted.items():
                if isinstance(value, dict) and name in value:
                    found += problems(value[name], part, root, f"{at}.{name}")
        elif word == "additionalProperties":
            for name in set(value) - set(schema.get("properties", {})) if isinstance(value, dict) else ():
                found += problems(value[name], wanted, root, f"{at}.{name}") if wanted else [f"{at} has {name!r}"]
        elif word == "items":
            for i, item in enumerate(value if isinstance(value, list) else ()):
                found += problems(item, wanted, root, f"{at}[{i}]")
        elif word in ("minItems", "minLength"):
            if isinstance(value, (list, str)) and len(value) < wanted:
                found.append(f"{at} is too short: {value!r}")
        elif word == "minimum":
            if isinstance(value, (int, float)) and value < wanted:
                found.append(f"{at} = {value} is less than {wanted}")
        elif word == "pattern":
            if isinstance(value, str) and not re.search(wanted, value):
                found.append(f"{at} = {value!r} is not like {wanted}")
        elif word not in SILENT:
            raise ValueError(f"{word} is not known here")
    return found
