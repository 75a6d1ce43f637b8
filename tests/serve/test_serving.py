"""What is served to whom: the command line that is handed on, and requests that are not answered."""

from __future__ import annotations

import argparse
import http.client
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from xqdbg.__main__ import main
from xqdbg.batch.target import add_input_options
from xqdbg.batch.wishes import add_serve_options
from xqdbg.serve.words import child_words, shell_line

ROOT = Path(__file__).parents[2]
HOSTILE = ["it's.xqasm", "a b;touch x", "$(touch x)", "`touch x`", "x\ny", 'say "hi"', "*", "é", "a\\b", "~", "#c"]


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    add_input_options(parser)
    add_serve_options(parser)
    return parser.parse_args(words)


def test_every_option_is_handed_on() -> None:
    given = ["--calldata=1,2", "--calldata=-3", "--args=0a", "--gas=7", "--output-slots=4", "--step-limit=5",
             "--memory-limit=6", "--theme=paper", "--keymap=forge", "--layout=model", "--no-mouse"]  # fmt: skip
    words = child_words(parsed("a.xqasm", *given), ())
    assert words[:4] == [sys.executable, "-m", "xqdbg", "a.xqasm"]
    assert sorted(words[4:]) == sorted(given)
    assert child_words(parsed("a", "--inputs=i.json", "--unlimited-steps"), ())[4:] == [
        "--inputs=i.json", "--unlimited-steps",
    ]  # fmt: skip


def test_no_option_of_the_face_is_forgotten() -> None:
    """Each option of the parser is either handed on, or about the serving itself."""
    known = {name for name in vars(parsed("a")) if name not in ("file", "host", "port")}
    handed = {"calldata", "inputs", "args", "gas", "output_slots", "step_limit", "unlimited_steps", "memory_limit",
              "theme", "keymap", "layout", "mouse"}  # fmt: skip
    assert known == handed


def test_a_file_that_is_called_like_a_command_stays_a_file() -> None:
    assert child_words(parsed("run"), ("run",))[3] == "./run"
    assert child_words(parsed("--", "-x"), ())[3] == "./-x"
    assert child_words(parsed("example:factorial"), ("run",))[3] == "example:factorial"


@pytest.mark.skipif(sys.platform == "win32", reason="the shell is another one")
@pytest.mark.parametrize("word", HOSTILE)
def test_words_mean_themselves_in_the_shell(word: str, tmp_path: Path) -> None:
    line = shell_line([sys.executable, "-c", "import sys; print(ascii(sys.argv[1:]))", word])
    done = subprocess.run(["/bin/sh", "-c", line], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ascii([word])
    assert list(tmp_path.iterdir()) == []
    assert shlex.split(line)[-1] == word


def test_without_the_package_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    monkeypatch.delitem(sys.modules, "xqdbg.serve.site", raising=False)
    assert main(["serve", "example:factorial", "--port", "0"]) == 2
    assert "pip install 'xqdbg[serve]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("-",), "standard input cannot be served"),
        (("example:factorial", "--inputs", "-"), "standard input cannot be served"),
        (("example:nosuch",), "no example is called"),
        (("example:factorial", "--calldata", "x"), "is not an integer"),
        (("example:factorial", "--port", "65536"), "is no port"),
        (("example:factorial", "--port", "-1"), "port"),
        (("example:factorial", "--theme", "x", "--keymap", "vi"), "vi"),
    ],
)
def test_what_cannot_be_served_is_told_before_anybody_comes(
    words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *words]) == 2
    said = capsys.readouterr().err
    assert told in said and "Traceback" not in said and said.count("\n") == 1


serving = pytest.importorskip("textual_serve", reason="textual-serve, which serves the debugger, is not installed")


def test_a_port_that_is_taken_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "example:factorial", "--port", str(port)]) == 2
    assert f"cannot listen on 127.0.0.1 port {port}: address already in use" in capsys.readouterr().err
    assert main(["serve", "example:factorial", "--host", "no.such.host.invalid"]) == 2
    assert "cannot listen on no.such.host.invalid" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "warned"), [("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True), ("127.0.0.2", False)]
)
def test_who_listens_to_others_is_warned(
    host: str, warned: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from xqdbg.serve.site import Site

    seen: list[Any] = []
    monkeypatch.setattr(Site, "serve_on", lambda site, listener: seen.append((site, listener.getsockname())))
    assert main(["serve", "example:factorial", "--host", host, "--port", "0"]) == 0
    said = capsys.readouterr().err
    assert ("can use the debugger" in said) is warned
    assert f":{seen[0][1][1]}/" in said
    assert bool(seen[0][0]._names) is not warned


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "-m", "xqdbg", "serve", "example:factorial", "--port", "0"],
        cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    try:
        found = re.search(r":(\d+)/", process.stderr.readline())
        assert found
        yield int(found[1])
    finally:
        process.terminate()
        assert process.wait(30) in (0, -15, 143)
        process.stderr.close()


def asked(port: int, path: str, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


def test_the_page_names_no_other_host(port: int) -> None:
    status, page = asked(port, "/?fontsize=99999")
    assert status == 200
    hosts = set(re.findall(r"(?:https?|wss?)://([^/\"]+)", page))
    assert hosts == {f"127.0.0.1:{port}"}
    assert 'data-font-size="16"' in page
    assert asked(port, "/?fontsize=22")[1].count('data-font-size="22"') == 1
    assert asked(port, "/static/js/textual.js")[0] == 200


@pytest.mark.parametrize("path", ["/", "/ws", "/static/js/textual.js"])
def test_pages_of_others_cannot_reach_the_debugger(port: int, path: str) -> None:
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
    assert asked(port, path, Origin="http://evil.example", **upgrade)[0] == 403
    assert asked(port, path, Origin="null", **upgrade)[0] == 403
    assert asked(port, path, Host=f"evil.example:{port}", **upgrade)[0] == 403
    assert asked(port, path, Origin=f"http://127.0.0.1:{port + 1}", **upgrade)[0] == 403
