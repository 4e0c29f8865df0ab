"""The documentation site: Sphinx reads the Markdown pages as they stand (`sphinx-build docs site`)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from latex2mathml.converter import convert
from pygments.lexers.special import TextLexer

if TYPE_CHECKING:
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.writers.html5 import HTML5Translator

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import wse_cp

project = "wse_cp"
author = "the wse_cp authors"
version = release = wse_cp.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]

# Every reference must lead somewhere, but for those to other projects: following them would take a network.
nitpicky = True
nitpick_ignore_regex = [
    ("py:class", r"(collections|fractions|matplotlib|networkx|os|pandas|pathlib|threading|typing)\..*"),
    (
        "py:class",
        r"(nx\.DiGraph|pd\.DataFrame|Figure|Fraction|FilePath|ImportOptions|Json|Model|Client|Observer|Monitor|StopEvent|PathLike)",
    ),
]
default_role = "literal"

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3

autodoc_default_options = {"members": True, "undoc-members": True, "exclude-members": "to_json"}
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_google_docstring = False
python_use_unqualified_type_names = True

html_math_renderer = "mathml"  # browsers set it by themselves: no script from another host
html_theme = "furo"
html_title = f"wse_cp {version}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_copyright = False
html_copy_source = False


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what is our own: formats without a lexer, formulas, references to the public names."""
    for name in ("kgraph", "paint"):
        app.add_lexer(name, TextLexer)
    app.add_html_math_renderer("mathml", (_inline_formula, None), (_displayed_formula, None))
    app.connect("missing-reference", _public_name)
    return {"parallel_read_safe": True}


def _inline_formula(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(convert(node.astext()))
    raise nodes.SkipNode


def _displayed_formula(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(f'<div class="formula">{convert(node.astext(), display="block")}</div>')
    raise nodes.SkipNode


def _public_name(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.Element
) -> nodes.Element | None:
    """Resolve `wse_cp.instance.Instance` as `wse_cp.Instance`: a type is known by the module it stands in."""
    home, _, name = node.get("reftarget", "").rpartition(".")
    if node.get("refdomain") != "py" or name not in wse_cp.__all__ or not home.startswith("wse_cp."):
        return None
    python = env.get_domain("py")
    return python.resolve_xref(env, node["refdoc"], app.builder, "obj", f"wse_cp.{name}", node, content)
