"""Make a script shorter without changing what it does: short names, no comments, no needless space.

The script is parsed, so that a name is told from a property and from a word in a text. What it is reached by from
outside (properties, texts, globals) stays; what it declares itself, private members too, gets a short name.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise, product

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

_FUNCTIONS = {"arrow_function", "function_declaration", "function_expression", "method_definition"}
_SCOPES = _FUNCTIONS | {"statement_block", "for_statement", "for_in_statement", "catch_clause", "switch_body"}
_SHORTHAND = {"shorthand_property_identifier", "shorthand_property_identifier_pattern"}
_NAMES = _SHORTHAND | {"identifier"}
_PRIVATE = "private_property_identifier"
_ATOMS = {"string", "regex"}
_ENDED = {"expression_statement", "lexical_declaration", "return_statement", "throw_statement"}
_SHORTER = {"true": "!0", "false": "!1", "const": "let"}
_FIRST = "etaoinsrhldcumfpgwybvkxjqzETAOINSRHLDCUMFPGWYBVKXJQZ"
_RESERVED = {"as", "do", "if", "in", "is", "of"}
_TAKES_ANY = {"member_expression", "variable_declarator", "field_definition", "arguments"}
_CLASH = re.compile(r"[\w$][\w$]|\+\+|--|//|\d\.")
"""The end of a token and the beginning of the next that would be read as one."""


def shorten(script: str) -> str:
    """Return a script that does the same in fewer bytes.

    Raises ValueError where it cannot be parsed, or a statement ends with its line alone.
    """
    root = _parsed(_with_constants_in_place(script.encode()))
    names = _names(root) | _private_names(root)
    pieces = [(token, text) for token in _tokens(root) if (text := _text(token, names))]
    return "".join(_joined(pieces))


def _parsed(script: bytes) -> Node:
    root = Parser(Language(tree_sitter_javascript.language())).parse(script).root_node
    if root.has_error:
        raise ValueError("the script cannot be parsed")
    for node in _nodes(root):
        after = node.next_sibling
        open_ended = node.type in _ENDED and node.children[-1].type != ";"
        if (open_ended or node.type == "field_definition") and after and after.type not in {";", "}"}:
            raise ValueError(f"a statement needs its semicolon: {_source(node)[:60]}")
    return root


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _nodes(child)


def _with_constants_in_place(script: bytes) -> bytes:
    """Put a number, text or pattern that has a name and is used once where it is used."""
    root = _parsed(script)
    places: dict[str, list[Node]] = defaultdict(list)
    for token in _tokens(root):
        if token.type in _NAMES:
            places[_source(token)].append(token)
    changes: list[tuple[int, int, bytes]] = []
    for found in places.values():
        if len(found) != 2 or found[1].type != "identifier":
            continue
        declarator = found[0].parent
        declaration = declarator.parent if declarator else None
        if not declarator or not declaration or len(declaration.named_children) != 1:
            continue
        value = declarator.child_by_field_name("value")
        around = declaration.parent
        if not value or not around or _read(declaration, "kind") != "const" or not _is_literal(value):
            continue
        if around.start_byte <= found[1].start_byte < around.end_byte:
            changes.append((declaration.start_byte, declaration.end_byte, b""))
            changes.append((found[1].start_byte, found[1].end_byte, (value.text or b"") + b" "))
    for start, end, text in sorted(changes, reverse=True):
        script = script[:start] + text + script[end:]
    return script


def _is_literal(value: Node) -> bool:
    if value.type == "template_string":
        return all(child.type != "template_substitution" for child in value.children)
    if value.type == "regex":  # one that goes through a text remembers its place in it
        return not set(_read(value, "flags")) & {"g", "y"}
    return value.type in {"number", "string"}


# ---------------------------------------------------------------------- names


class _Scope:
    """What a part of the script declares, and what it uses from outside."""

    def __init__(self, around: _Scope | None) -> None:
        self.around = around
        self.declared: dict[str, None] = {}
        self.short: dict[str, str] = {}
        self.foreign: set[tuple[_Scope | None, str]] = set()

    def use(self, name: str) -> _Scope | None:
        """Note a use of a name here. Returns the scope that declares it, None for a global."""
        passed = []
        scope: _Scope | None = self
        while scope and name not in scope.declared:
            passed.append(scope)
            scope = scope.around
        for between in passed:
            between.foreign.add((scope, name))
        return scope

    def settle(self) -> None:
        """Give short names, other than those of what is used from outside; the scopes around are settled."""
        taken = {scope.short[name] if scope else name for scope, name in self.foreign}
        self.short = _shortest(self.declared, taken)


def _names(root: Node) -> dict[int, str]:
    """Return the short name of each place where a name of the script's own stands."""
    scopes: list[_Scope] = []
    places: list[tuple[Node, _Scope]] = []

    def visit(node: Node, scope: _Scope) -> None:
        if node.type in {"function_declaration", "class_declaration"}:
            scope.declared[_read(node, "name")] = None
        if node.type in _SCOPES or node is root:
            scope = _Scope(scope if scopes else None)
            scopes.append(scope)
        for declared in _declared_by(node):
            scope.declared[declared] = None
        if node.type in _NAMES:
            places.append((node, scope))
        for child in node.children:
            visit(child, scope)

    visit(root, _Scope(None))
    owners = [(node, scope.use(_source(node))) for node, scope in places]
    for scope in scopes:
        scope.settle()
    return {node.start_byte: owner.short[_source(node)] for node, owner in owners if owner}


def _declared_by(node: Node) -> Iterator[str]:
    """Yield what a node declares in the scope that it stands in or opens."""
    fields = {
        "variable_declarator": "name",
        "catch_clause": "parameter",
        "function_expression": "name",
        "for_in_statement": "left",
    }
    if node.type == "for_in_statement" and not node.child_by_field_name("kind"):
        return
    field = fields.get(node.type)
    if node.type in _FUNCTIONS:
        for name in ("parameters", "parameter"):
            if pattern := node.child_by_field_name(name):
                yield from _bound(pattern)
    if field and (pattern := node.child_by_field_name(field)):
        yield from _bound(pattern)


def _bound(pattern: Node) -> Iterator[str]:
    """Yield the names that a pattern binds."""
    if pattern.type in _NAMES:
        yield _source(pattern)
    elif pattern.type in {"assignment_pattern", "object_assignment_pattern"}:
        yield from _bound(pattern.children[0])
    elif pattern.type == "pair_pattern":
        yield from _bound(pattern.children[-1])
    else:
        for child in pattern.named_children:
            yield from _bound(child)


def _private_names(root: Node) -> dict[int, str]:
    """Return a short name for each place of a private member."""
    places = [token for token in _tokens(root) if token.type == _PRIVATE]
    by_use = Counter(map(_source, places)).most_common()
    short = _shortest([name for name, _ in by_use], set())
    return {place.start_byte: "#" + short[_source(place)] for place in places}


def _shortest(names: Iterable[str], taken: set[str]) -> dict[str, str]:
    """Give short names, the first the shortest: each scope begins anew, so that its words look like the last one's."""
    letters = chain(_FIRST, map("".join, product(_FIRST, _FIRST)))
    free = (name for name in letters if name not in taken | _RESERVED)
    return dict(zip(names, free, strict=False))


# ---------------------------------------------------------------------- tokens


def _tokens(node: Node) -> Iterator[Node]:
    """Yield what the script is written with, comments aside."""
    if node.type == "comment":
        return
    if node.type in _ATOMS or not node.children:
        yield node
        return
    for child in node.children:
        yield from _tokens(child)


def _text(token: Node, names: dict[int, str]) -> str:
    """Return how a token is written, empty where it is left out."""
    text = _source(token)
    parent = token.parent
    if name := names.get(token.start_byte):
        return f"{text}:{name}" if token.type in _SHORTHAND else name
    if token.type in {"true", "false", "const"}:
        return "" if token.type == "const" and parent and _goes_on(parent) else _SHORTER[text]
    if token.type == ";" and parent and parent.type == "lexical_declaration" and _goes_on(_after(parent)):
        return ","
    if token.type in {"(", ")"} and parent and (_is_single(parent) or _is_needless(parent)):
        return ""
    return text


def _goes_on(node: Node | None) -> bool:
    """Tell whether a declaration can be one with the declaration before it."""
    if node is None or node.type != "lexical_declaration" or _read(node, "kind") != "const":
        return False
    before = node.prev_named_sibling
    while before and before.type == "comment":
        before = before.prev_named_sibling
    return bool(before and before.type == "lexical_declaration" and _read(before, "kind") == "const")


def _after(node: Node) -> Node | None:
    after = node.next_named_sibling
    while after and after.type == "comment":
        after = after.next_named_sibling
    return after


def _is_needless(brackets: Node) -> bool:
    """Tell whether brackets hold what needs none, as those of a type in a comment do."""
    if brackets.type != "parenthesized_expression" or not brackets.parent:
        return False
    inside = next(child for child in brackets.named_children if child.type != "comment")
    plain = inside.type in {"identifier", "member_expression", "call_expression", "null"}
    return plain and brackets.parent.type in _TAKES_ANY and b"?." not in (inside.text or b"")


def _is_single(parameters: Node) -> bool:
    """Tell whether an arrow function has one plain parameter, which needs no brackets."""
    around = parameters.parent
    inside = parameters.named_children
    if parameters.type != "formal_parameters" or not around or around.type != "arrow_function":
        return False
    return len(inside) == 1 and inside[0].type == "identifier"


def _joined(pieces: list[tuple[Node, str]]) -> Iterator[str]:
    """Yield the tokens with what has to stand between them."""
    last = ""
    for (token, text), (after, _) in pairwise([*pieces, (pieces[-1][0], "")]):
        follows = after.type
        parent = token.parent
        if token.type == ";" and follows == "}" and parent and parent.type in _ENDED:
            continue
        if token.type == "," and follows in {")", "]", "}"} and last not in {",", "["}:
            continue
        literal = token.type == "${" or (parent and parent.type == "template_string")
        if last and not literal and _CLASH.fullmatch(last[-1] + text[0]):
            yield " "
        yield text
        last = text


def _source(node: Node) -> str:
    return (node.text or b"").decode()


def _read(node: Node, field: str) -> str:
    found = node.child_by_field_name(field)
    return _source(found) if found else ""
