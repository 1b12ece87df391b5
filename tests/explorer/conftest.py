"""A real browser in front of a real service with an index.

They need Chromium, which Debian and Ubuntu have as a package, and are skipped without.
"""

import os
import shutil

import pytest
from explorer_service import served
from themed_index import themed_corpus, write

playwright = pytest.importorskip("playwright.sync_api")

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
# How long a view may take, in ms; the machine may be busy.
PATIENCE = 20_000
playwright.expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def index_folder(model_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("explored") / "themes"
    write(folder, model_folder, themed_corpus(60))
    return folder


@pytest.fixture(scope="session")
def address(model_folder, index_folder):
    with served(model=model_folder, index=index_folder) as url:
        yield url


@pytest.fixture(scope="session")
def bare_address(model_folder):
    """A service without an index."""
    with served(model=model_folder) as url:
        yield url


# No longer than needed: while it runs, no test could run an event loop of its own.
@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("needs Chromium, which is not here: apt-get install chromium")
    with playwright.sync_playwright() as started:
        # As root, in CI, its sandbox does not start.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = started.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """Opens pages, and fails at the end if one complained or asked another host."""
    contexts, complaints = [], []

    def open_page(url, *, expected=(), **options):
        context = browser.new_context(**{"reduced_motion": "reduce", **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()

        def complain(text):
            if not any(words in text for words in expected):
                complaints.append(text)

        page.on("console", lambda message: complain(f"console: {message.text}"))
        page.on("pageerror", lambda error: complain(f"script: {error}"))
        page.on(
            "request",
            lambda request: (
                request.url.startswith(("data:", "blob:", url.split("#")[0]))
                or complain(f"asked for {request.url}")
            ),
        )
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
