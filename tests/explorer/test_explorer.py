"""Every view of the explorer, its errors and its empty states."""

import csv
import re
import shutil

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from explorer_service import served
from playwright.sync_api import expect
from themed_index import themed_corpus

from kate_keras import load
from kate_keras.index import DocumentIndex, delete_documents

VIEWS = {
    "#/map": "Document map",
    "#/topics": "Topics",
    "#/topics/2": "Topic 2",
    "#/text?text=The+rocket%2C+the+moon+and+zzblorp": "Explain a text",
    "#/compare": "Compare two texts",
    "#/words/moon": "Word: moon",
    "#/about": "About this model",
    "#/nowhere": "Not found",
}
SCREENS = {
    "wide light": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "phone dark": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
}


def settled(page):
    """Waits until nothing is being loaded."""
    expect(page.locator("h1")).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def findings(page):
    """What an accessibility audit has against the page."""
    return [
        (finding["id"], finding["impact"], [node["html"] for node in finding["nodes"]])
        for finding in Axe().run(page).response["violations"]
        if finding["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_accessible_and_fits(open_page, address, view, screen):
    page = open_page(f"{address}/{view}", **SCREENS[screen])
    settled(page)
    expect(page.locator("h1")).to_contain_text(VIEWS[view])
    assert VIEWS[view] in page.title()
    assert findings(page) == []
    wider = "document.documentElement.scrollWidth - innerWidth"
    assert page.evaluate(wider) <= 0
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    brightness = sum(map(int, re.findall(r"\d+", dark)[:3])) / 3
    assert (brightness < 128) == ("dark" in screen)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_without_an_index(open_page, bare_address, view):
    page = open_page(f"{bare_address}/{view}")
    settled(page)
    assert findings(page) == []
    if view == "#/map":
        expect(page.locator("main")).to_contain_text("kate index MODEL CORPUS -o INDEX")


def test_the_first_view_is_what_there_is(open_page, address, bare_address):
    page = open_page(f"{address}/")
    expect(page).to_have_url(f"{address}/#/map")
    page = open_page(f"{bare_address}/")
    expect(page).to_have_url(f"{bare_address}/#/text")


def test_the_map_tells_when_it_can_be_used_and_what_is_in_view(open_page, address):
    page = open_page(f"{address}/#/map")
    settled(page)
    marks = "performance.getEntriesByName('kate-interactive').length"
    assert page.evaluate(marks) == 1
    summary = page.locator("p.summary")
    expect(summary).to_contain_text("60 of 60 documents in view")
    canvas = page.locator("canvas").first
    canvas.focus()
    for _ in range(6):
        page.keyboard.press("+")
    expect(summary).not_to_contain_text("60 of 60")
    page.keyboard.press("0")
    expect(summary).to_contain_text("60 of 60 documents in view")


def drag(page, canvas, places):
    box = canvas.bounding_box()
    points = [
        (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places
    ]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=5)
    page.mouse.up()


def test_a_lasso_selects_what_it_encloses(open_page, address, index_folder, tmp_path):
    page = open_page(f"{address}/#/map", viewport={"width": 1280, "height": 900})
    settled(page)
    canvas = page.locator("canvas").first
    page.get_by_role("button", name="Lasso").click()
    corners = [(0.01, 0.01), (0.5, 0.01), (0.5, 0.99), (0.01, 0.99), (0.01, 0.02)]
    drag(page, canvas, corners)
    panel = page.locator("section.panel")
    expect(panel).to_contain_text("selected")
    (selected,) = re.findall(r"(\d+) documents selected", panel.inner_text())
    # The map is centred: its middle is the middle of the canvas.
    places = DocumentIndex(index_folder).map().places
    middle = (places[:, 0].min() + places[:, 0].max()) / 2
    left = np.flatnonzero(places[:, 0] < middle)
    assert abs(int(selected) - len(left)) <= 2
    with page.expect_download() as download:
        panel.get_by_role("button", name=re.compile("ids")).click()
    download.value.save_as(tmp_path / "ids.csv")
    with (tmp_path / "ids.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    names = {row[0] for row in rows} - {"id"}
    assert len(names) == int(selected)
    assert names <= {document.id for document in themed_corpus(60)}
    panel.get_by_role("button", name="Clear selection").click()
    expect(panel).to_contain_text("In view")
    assert page.evaluate("document.activeElement.id") == "panel-title"


def test_the_keyboard_selects_as_a_lasso_does(open_page, address):
    page = open_page(f"{address}/#/map")
    settled(page)
    page.get_by_role("button", name="Select what is in view").press("Enter")
    panel = page.locator("section.panel")
    expect(panel).to_contain_text("60 documents selected")
    for theme in ("food", "music", "space"):
        expect(panel.get_by_text(theme).first).to_be_visible()


def test_a_search_finds_and_a_document_opens(open_page, address):
    page = open_page(f"{address}/#/map")
    settled(page)
    page.get_by_label("Search by meaning").fill("a violin concert")
    page.keyboard.press("Enter")
    panel = page.locator("section.panel")
    expect(panel).to_contain_text("nearest to “a violin concert”")
    expect(panel.locator("li").first).to_contain_text("music")
    panel.locator("li button, li a").first.click()
    expect(panel).to_contain_text("Nearest documents")
    settled(page)
    assert findings(page) == []
    panel.get_by_role("button", name="Back").click()
    expect(panel).to_contain_text("nearest to “a violin concert”")
    page.get_by_label("Search by meaning").fill("zzzz")
    page.keyboard.press("Enter")
    expect(panel).to_contain_text("No word")
    # And the map shows what it did before the search.
    expect(page.locator("ul.legend")).to_contain_text("food")


def test_a_text_is_explained_as_it_is_typed(open_page, address, model_folder):
    page = open_page(f"{address}/#/text")
    settled(page)
    text = "A rocket <b>to</b> the moon, <script>alert(1)</script> zzblorp"
    page.get_by_role("textbox", name="Text").fill(text)
    main = page.locator("main")
    expect(main).to_contain_text("2 known words")
    for unknown in ("zzblorp", "alert", "script"):
        expect(main.get_by_text(unknown, exact=True).first).to_be_visible()
    model = load(model_folder, light=True)
    shares = model.shares(text)
    strongest = int(np.argmax(np.abs(shares.shares.sum(axis=0))))
    expect(main.locator("ol.lit > li").first).to_contain_text(f"{strongest}")
    expect(main).to_contain_text("Nearest documents")
    settled(page)
    assert findings(page) == []
    page.get_by_role("textbox", name="Text").fill("zzblorp qqq")
    expect(main).to_contain_text("No word of this text is in the vocabulary")
    page.get_by_role("textbox", name="Text").fill("")
    expect(main).to_contain_text("Topics light up as you type")


def test_examples_are_words_of_the_models_topics(open_page, address, model_folder):
    words = set(load(model_folder, light=True).vocabulary_.words)
    page = open_page(f"{address}/#/text")
    box = page.get_by_role("textbox", name="Text")
    examples = page.get_by_role("button", name="Text: fill in")
    expect(examples).to_have_count(3)
    for place in range(3):
        examples.nth(place).click()
        filled = box.input_value().split()
        assert len(filled) > 2
        assert set(filled) <= words
        assert filled[0] == examples.nth(place).inner_text()
        expect(page.locator("main")).to_contain_text(f"{len(filled)} known words")
    # And two texts of one topic are alike though they have no word in common.
    page = open_page(f"{address}/#/compare")
    settled(page)
    first, second = (
        page.get_by_role("textbox", name=name).input_value().split()
        for name in ("First text", "Second text")
    )
    assert set(first) | set(second) <= words
    assert first
    assert second
    assert not set(first) & set(second)
    assert page.locator(".verdict strong").inner_text() > "+0.5"


def test_two_texts_are_compared_by_their_vectors(open_page, address, model_folder):
    page = open_page(f"{address}/#/compare")
    first, second = "The rocket reached the moon.", "A planet and its orbit"
    page.get_by_role("textbox", name="First text").fill(first)
    page.get_by_role("textbox", name="Second text").fill(second)
    one, other = load(model_folder, light=True).transform([first, second])
    cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
    sign = "+" if cosine >= 0 else "−"
    expect(page.locator(".verdict strong")).to_have_text(f"{sign}{abs(cosine):.3f}")
    expect(page.locator(".verdict")).to_contain_text("Known words: 2 and 2.")
    page.get_by_role("textbox", name="Second text").fill("zzblorp")
    expect(page.locator("main")).to_contain_text("No word of the second text")


def test_words_and_their_neighbours(open_page, address, model_folder):
    expected = load(model_folder, light=True).similar_words("moon", 1)[0][0]
    page = open_page(f"{address}/#/words/moon")
    settled(page)
    expect(page.locator("main")).to_contain_text(expected)
    page.goto(f"{address}/#/words/zzblorp")
    expect(page.locator("main")).to_contain_text("zzblorp")
    settled(page)
    assert findings(page) == []


def test_topics_are_found_by_their_words_and_have_documents(open_page, address):
    page = open_page(f"{address}/#/topics")
    settled(page)
    expect(page.locator("li.card")).to_have_count(6)
    page.get_by_label("Find a word").fill("zzblorp")
    expect(page.locator("li.card")).to_have_count(0)
    page.get_by_label("Find a word").fill("moon")
    expect(page.locator("li.card mark").first).to_have_text("moon")
    page.locator("li.card h2 a").first.click()
    settled(page)
    expect(page.locator("main")).to_contain_text("Raised most")
    assert page.locator("main").get_by_text(re.compile(r"^d\d+$")).count() >= 2
    # Who uses a screen reader is told of the new view.
    assert page.evaluate("document.activeElement.tagName") == "H1"


def test_the_model_card_names_the_model(open_page, address, model_folder):
    page = open_page(f"{address}/#/about")
    fingerprint = load(model_folder, light=True).fingerprint_
    expect(page.locator("main")).to_contain_text(fingerprint)


def test_a_page_is_told_that_the_index_has_changed(
    open_page, model_folder, index_folder, tmp_path
):
    folder = tmp_path / "index"
    shutil.copytree(index_folder, folder)
    with served(model=model_folder, index=folder) as url:
        page = open_page(f"{url}/#/map")
        settled(page)
        expect(page.locator("p.summary")).to_contain_text("60 of 60")
        delete_documents(folder, ["d0"])
        notice = page.get_by_role("alert")
        for _ in range(30):
            page.get_by_label("Search by meaning").fill("the moon")
            page.keyboard.press("Enter")
            page.wait_for_timeout(200)
            if notice.count():
                break
        expect(notice).to_contain_text("The documents of the index have changed")
        assert findings(page) == []
        page.get_by_role("button", name="Read it anew").click()
        expect(page.locator("p.summary")).to_contain_text("59 of 59")


def test_the_theme_is_kept(open_page, address):
    page = open_page(f"{address}/#/about", color_scheme="light")
    color = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(color)
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(color)
    assert dark != light
    page.reload()
    settled(page)
    assert page.evaluate(color) == dark


def test_the_first_tab_skips_to_the_content(open_page, address):
    page = open_page(f"{address}/#/about")
    settled(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_failure_is_told_and_can_be_tried_again(open_page, address):
    page = open_page(f"{address}/#/topics", expected=["Failed to load resource"])
    settled(page)
    page.route("**/topics/1?*", lambda route: route.abort())
    page.goto(f"{address}/#/topics/1")
    expect(page.get_by_role("alert").first).to_be_visible()
    assert findings(page) == []
    page.unroute("**/topics/1?*")
    page.get_by_role("button", name=re.compile("again")).first.click()
    expect(page.locator("main")).to_contain_text("Words that raise it")


def test_an_edited_text_is_there_on_the_way_back(open_page, address):
    page = open_page(f"{address}/#/text?text=rocket")
    box = page.get_by_role("textbox", name="Text")
    expect(box).to_have_value("rocket")
    box.fill("cheese")
    expect(page.locator("main")).to_contain_text("1 known word")
    page.locator("nav a", has_text="Topics").click()
    settled(page)
    page.go_back()
    expect(box).to_have_value("cheese")
    # And a link to another text brings that.
    page.goto(f"{address}/#/text?text=violin")
    expect(box).to_have_value("violin")


def test_a_word_is_looked_up_beside_words_that_are_not_known(open_page, address):
    page = open_page(f"{address}/#/words/the%20moon%2F")
    settled(page)
    expect(page.locator("main")).to_contain_text("Nearest words")


def test_what_is_heard_of_two_texts_is_what_is_seen(open_page, address):
    page = open_page(f"{address}/#/compare", expected=["Failed to load resource"])
    settled(page)
    status = page.locator("[role=status]").first
    expect(status).to_contain_text("Cosine similarity")
    second = page.get_by_role("textbox", name="Second text")
    second.fill("zzblorp")
    expect(status).to_contain_text("No word of the second text")
    second.fill("")
    expect(status).to_have_text("")
    second.fill("moon")
    expect(status).to_contain_text("Cosine similarity")
    page.route("**/explain*", lambda route: route.abort())
    second.fill("orbit")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(status).to_have_text("")


def test_a_part_that_is_emptied_while_it_loads_is_not_busy(open_page, address):
    page = open_page(f"{address}/#/text")
    settled(page)
    asked = []
    page.route("**/explain*", lambda route: asked.append(route))
    page.get_by_role("textbox", name="Text").fill("moon")
    expect(page.locator("[aria-busy=true]")).not_to_have_count(0)
    page.get_by_role("button", name="Text: clear").click()
    expect(page.locator("main")).to_contain_text("Topics light up as you type")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert asked


def test_the_last_of_a_list_has_the_focus_of_the_button_that_brought_it(
    open_page, address
):
    page = open_page(f"{address}/#/compare")
    settled(page)
    page.evaluate("""async () => {
        const { retire } = await import("./explorer/states.js");
        const more = document.createElement("button");
        const brought = document.createElement("li");
        brought.id = "brought";
        document.querySelector("main").append(brought, more);
        more.focus();
        retire(more, brought);
    }""")
    assert page.evaluate("document.activeElement.id") == "brought"


def test_a_document_that_comes_late_is_not_taken_for_another_models(open_page, address):
    page = open_page(f"{address}/#/about")
    settled(page)
    asked = page.evaluate("""async () => {
        const { documentsOf, forgetDocuments } = await import(
            "./explorer/document_store.js"
        );
        const ask = window.fetch;
        let answer;
        window.fetch = (...request) =>
            new Promise((resolve) => { answer = () => resolve(ask(...request)); });
        const late = documentsOf([0]);
        forgetDocuments();
        answer();
        await late;
        let asked = 0;
        window.fetch = (...request) => { asked += 1; return ask(...request); };
        await documentsOf([0]);
        await documentsOf([0]);
        window.fetch = ask;
        return asked;
    }""")
    assert asked == 1


def test_the_model_that_was_chosen_last_is_shown(open_page, model_folder):
    held = []

    def hold(route):
        # The answers of b come after those of c.
        held.append(route) if "model=b" in route.request.url else route.continue_()

    with served(model=f"a={model_folder},b={model_folder},c={model_folder}") as url:
        page = open_page(f"{url}/#/about")
        settled(page)
        page.route("**/info?*", hold)
        choice = page.locator("#models select")
        choice.select_option("b")
        choice.select_option("c")
        expect(page).to_have_title(re.compile("– c –"))
        for route in held:
            route.continue_()
        page.wait_for_load_state("networkidle")
        assert held
        expect(page).to_have_title(re.compile("– c –"))
        expect(choice).to_have_value("c")


def test_a_failure_under_the_pointer_is_told_as_one(open_page, address):
    page = open_page(f"{address}/#/map", expected=["Failed to load resource"])
    settled(page)
    page.route("**/documents?*", lambda route: route.abort())
    told = page.evaluate("""async () => {
        const { documentsOf, forgetDocuments } = await import(
            "./explorer/document_store.js"
        );
        forgetDocuments();
        return documentsOf([59]).catch((error) => error.message);
    }""")
    assert "does not answer" in told
    box = page.locator("canvas").first.bounding_box()
    tip = page.locator(".tip")
    for row in range(12):
        for column in range(16):
            x = box["x"] + box["width"] * (column + 0.5) / 16
            page.mouse.move(x, box["y"] + box["height"] * (row + 0.5) / 12)
            page.wait_for_timeout(30)
            if page.locator("svg circle:not([hidden])").count():
                break
        else:
            continue
        break
    expect(tip).to_have_text(told)


def test_results_that_are_equally_similar_have_one_colour(open_page, address):
    page = open_page(f"{address}/#/map")
    names = page.evaluate("""async () => {
        const { bySimilarity } = await import("./explorer/coloring.js");
        const map = { size: 3, rowOf: new Map([[7, 0], [8, 1]]) };
        const of = (...similarities) =>
            bySimilarity(map, similarities.map((similarity, i) => (
                { number: 7 + i, similarity }
            )));
        return [of(0.831, 0.831), of(0.25, 0.75)].map(({ categories, of }) =>
            [categories.map(({ name, count }) => [name, count]), [...of]]);
    }""")
    assert names == [
        [[["0.83", 2]], [0, 0, -1]],
        [
            [
                ["0.25 to 0.38", 1],
                ["0.38 to 0.50", 0],
                ["0.50 to 0.63", 0],
                ["0.63 to 0.75", 1],
            ],
            [0, 3, -1],
        ],
    ]


def test_a_text_that_is_too_long_is_refused_in_words(open_page, model_folder):
    with served(model=model_folder, max_document_bytes=50) as url:
        page = open_page(f"{url}/#/text", expected=["Failed to load resource"])
        page.get_by_role("textbox", name="Text").fill("moon " * 20)
        expect(page.get_by_role("alert").first).to_contain_text("50 bytes")
        page.get_by_role("textbox", name="Text").fill("moon")
        expect(page.locator("main")).to_contain_text("1 known word")


def test_a_key_is_asked_for(open_page, model_folder):
    with served(model=model_folder, api_keys="sesame") as url:
        page = open_page(f"{url}/#/about", expected=["Failed to load resource"])
        field = page.get_by_role("textbox", name="Key")
        # As an editor makes of two hyphens; no header could carry it.
        field.fill("ses–ame")
        field.press("Enter")
        assert "ASCII" in field.evaluate("field => field.validationMessage")
        field.fill("wrong")
        field.press("Enter")
        expect(page.get_by_role("alert").first).to_be_visible()
        assert findings(page) == []
        field = page.get_by_role("textbox", name="Key")
        field.fill("sesame")
        field.press("Enter")
        expect(page.locator("main")).to_contain_text("Fingerprint")


def test_several_models_can_be_chosen_from(open_page, model_folder, index_folder):
    with served(
        model=f"a={model_folder},b={model_folder}", index=f"a={index_folder}"
    ) as url:
        page = open_page(f"{url}/#/map")
        settled(page)
        expect(page.locator("p.summary")).to_contain_text("60 of 60")
        page.get_by_label("Model").select_option("b")
        expect(page.locator("main")).to_contain_text("kate index MODEL CORPUS")


def test_a_model_that_is_served_no_longer_is_forgotten(open_page, address):
    page = open_page(f"{address}/#/about", expected=["Failed to load resource"])
    settled(page)
    page.evaluate("sessionStorage.setItem('kate-model', 'gone')")
    page.reload()
    expect(page.locator("main")).to_contain_text("Fingerprint")
    assert page.evaluate("sessionStorage.getItem('kate-model')") is None


def test_the_page_works_below_a_root_path(open_page, model_folder):
    with served(model=model_folder, root_path="/kate") as url:
        page = open_page(f"{url}/kate/#/about")
        settled(page)
        expect(page.locator("main")).to_contain_text("Fingerprint")
