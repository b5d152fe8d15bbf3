"""The console's modules become one script; what cannot be packed is said at the start."""

import gzip
import re
from pathlib import Path

import pytest

from api.pages.console.module_source import PackingError, squeeze
from api.pages.console.packing import PackedModule, Packer, pack_styles
from api.pages.console.page import (
    DemoLogIn,
    build_console_routes,
    build_packer,
    build_page,
    pack_later_scripts,
)

CONSOLE = Path(__file__).parents[2] / "console"


def _write(folder: Path, **modules: str) -> Path:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text)
    return folder / "main.js"


def test_modules_stand_in_the_order_in_which_they_need_each_other(tmp_path: Path) -> None:
    main = _write(
        tmp_path,
        main='import { twice, one as first } from "./a.js";\n// begins\nprint(twice(first));\n',
        a='import { one } from "./b.js";\n/** Doubles. */\nexport const twice = (n) =>\n'
        "  /** @type {any} */ (`${2 * n}`);\n"
        "export { one };\n",
        b="export async function one() {\n  return `kept\n  as it is`;\n}\n",
        later='import { twice } from "./a.js";\nimport { c } from "./c.js";\n'
        "export const four = twice(c);\n",
        c="export const c = 2;\n",
        last='import { four } from "./later.js";\nimport { c } from "./c.js";\n'
        "export const six = four + c;\n",
    )
    later, last = tmp_path / "later.js", tmp_path / "last.js"
    packer = Packer(main, [later, last])
    whole, _ = packer.pack_in_two(main)
    assert whole.decode() == (
        '"use strict";\n'
        "async function one() {\n  return `kept\n  as it is`;\n}\n"
        "const twice=(n)=>\n(`${2 * n}`);\n"
        "(()=>{\nconst first=one;\nprint(twice(first));\n})();\n"
    )
    # What the first import needs can be a script of its own, which the rest uses.
    early, rest = packer.pack_in_two(tmp_path / "a.js")
    assert early + rest.removeprefix(b'"use strict";\n') == whole
    assert (early.count(b"twice="), rest.count(b"twice=")) == (1, 0)
    # A later script uses the modules of the first, and has what only it needs.
    assert packer.pack_later_script(later).decode() == (
        "const c=2;\nconst four=twice(c);\nexport {c, four};\nexport default {four};\n"
    )
    # One beside it uses its modules, too.
    beside = PackedModule(later, "/later-1.js")
    assert packer.pack_later_script(last, beside=beside).decode() == (
        'import {c, four} from "/later-1.js";\n'
        "const six=four + c;\nexport {};\nexport default {six};\n"
    )


def test_modules_may_use_the_same_names_for_different_things(tmp_path: Path) -> None:
    main = _write(
        tmp_path,
        main='import { load } from "./a.js";\nimport { load as open, t } from "./b.js";\n'
        "const MOST = 1;\nopen(load, MOST, t);\n",
        a='import { t } from "./b.js";\nconst MOST = 2;\nexport const load = () => t(MOST);\n'
        "export function status() {\n  return 1;\n}\n",
        b='import { say } from "./c.js";\nexport const load = 3;\n'
        "export const t = /** @type {any} */ (say);\n",
        c="export const say = (text) => text;\n",
    )
    script, _ = Packer(main).pack_in_two(main)
    assert script.decode() == (
        '"use strict";\n'
        "const say=(text)=>text;\n"
        "const load$1=(()=>{\nconst load=3;\nreturn load;\n})();\n"
        "const [load$2,status$2]=(()=>{\nconst t=say;\n"
        "const MOST=2;const load=()=>t(MOST);function status(){return 1;}\n"
        "return [load,status];\n})();\n"
        "(()=>{\nconst load=load$2;\nconst open=load$1;\nconst t=say;\n"
        "const MOST=1;open(load,MOST,t);\n})();\n"
    )


@pytest.mark.parametrize(
    ("formatted", "packed"),
    [
        ('say("a, b", x => { y });\n', 'say("a, b",x=>{y});\n'),
        ("f(\n  {\n    a: [1, 2],\n    b,\n  },\n);\nreturn x;\n", "f({a:[1,2],b});return x;\n"),
        ("const a = b ? c : -d;\nlet e = a + +f;\n", "const a=b?c:-d;let e=a + +f;\n"),
        ("if (a) return; // why (\nb();\n", "if(a)return;b();\n"),
        ('const url = "https://a"; // an, address\nb();\n', None),
        ("const a = / , /;\nconst b = `x, ${y}`;\n", None),
        ("const a = `x\n   , y`;\n", None),
        ("a = {\n  b: `,` ,\n};\n", "a={b: `,` ,\n};\n"),
        ("case 'it, is': {\n}\n", "case 'it, is':{}\n"),
    ],
)
def test_space_that_code_does_not_need_is_not_packed(formatted: str, packed: str | None) -> None:
    assert squeeze(formatted) == (formatted if packed is None else packed)


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        (
            {"main": 'import { a } from "./a.js";\n', "a": 'import { m } from "./main.js";\n'},
            "circle",
        ),
        ({"main": 'import { a } from "./away.js";\n'}, "main.js imports away.js, which is missing"),
        ({"main": 'import * as all from "./a.js";\n'}, "cannot pack"),
        ({"main": "export default 1;\n"}, "cannot pack"),
        ({"main": 'import { h } from "preact";\n'}, "cannot pack"),
    ],
)
def test_what_cannot_be_packed_is_an_error(
    tmp_path: Path, modules: dict[str, str], said: str
) -> None:
    main = _write(tmp_path, **modules)
    with pytest.raises(PackingError, match=said):
        Packer(main).pack_in_two(main)


def test_every_source_of_the_console_is_packed_within_its_budget() -> None:
    packer = build_packer()
    early, rest = packer.pack_in_two(CONSOLE / "js/early.js")
    styles = pack_styles(CONSOLE / "css/main.css")
    later = {}
    pack_later_scripts(packer, lambda name, body: f"/{later.setdefault(name, body) and name}.js")
    modules = {each for each in CONSOLE.glob("js/**/*.js") if each.parent.name != "vendor"}
    assert modules <= packer.files
    assert styles.count(b"{") == styles.count(b"}")
    assert b"@import" not in styles
    assert len(gzip.compress(early)) + len(gzip.compress(rest)) < 70_000
    assert len(gzip.compress(early)) < 20_000
    assert len(gzip.compress(styles)) < 15_000
    sizes = {}
    for page in (each for each in later if "." not in each):
        for language in ("en", "id"):  # the words of one are loaded
            loaded = len(gzip.compress(later[page])) + len(
                gzip.compress(later[f"{page}.{language}"])
            )
            assert loaded < 40_000, page
            sizes[page, language] = loaded
    # Whoever opens every screen of the administration loads both of its scripts.
    for language in ("en", "id"):
        assert sizes["administration", language] + sizes["automation", language] < 47_500


@pytest.mark.parametrize(
    "english", [str(each.relative_to(CONSOLE)) for each in CONSOLE.glob("js/**/i18n/en.js")]
)
def test_every_key_of_the_dictionaries_is_used(english: str) -> None:
    code = "".join(
        each.read_text() for each in CONSOLE.glob("js/**/*.js") if each.parent.name != "i18n"
    )
    computed = tuple(re.findall(r"`(\w+)\.\$", code))
    keys = re.findall(r'^  "([\w.]+)":', (CONSOLE / english).read_text(), re.MULTILINE)
    unused = [key for key in keys if f'"{key}"' not in code and key.split(".")[0] not in computed]
    assert len(keys) > 10
    assert unused == []


def test_only_the_demo_names_accounts() -> None:
    plain = build_page({"script": "s"}, ())
    demo = build_page({"script": "s"}, [DemoLogIn('A"><script>', "a@example.com", "secret")])
    assert b"demo-accounts" not in plain
    assert b"secret" in demo
    assert b"<script>" not in demo.split(b"demo-accounts")[1]
    paths = [each.path for each in build_console_routes()]
    assert paths == ["/", "/telegram", "/console/{path:.+}"]
