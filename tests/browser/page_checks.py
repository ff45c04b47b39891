"""Checks that hold for every report page; each returns what is wrong as a list of sentences, empty when all is well.

They read the page through the browser (`page.evaluate`), which works with the page's own scripts disabled too.
"""

from typing import Any

from playwright.sync_api import Page

SMALLEST_TEXT = 11  # px on a phone
PHONE = 390  # px
LARGEST = 400_000  # bytes of a page: a mail takes it, a phone opens it; those of the demo have 200 to 300 kB

LANGUAGE = """() => /^[a-z]{2}(-|$)/.test(document.documentElement.lang) ? [] : ['lang is ' + document.documentElement.lang]"""

TITLE = """() => document.title.trim() ? [] : ['no title']"""

HEADINGS = """() => {
  const all = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(h => [Number(h.tagName[1]), h.textContent.trim()]);
  const wrong = all.filter(([, text]) => !text).map(() => 'an empty heading');
  if (all.filter(([level]) => level === 1).length !== 1) wrong.push('not exactly one h1');
  if (all.length && all[0][0] !== 1) wrong.push('the first heading is no h1');
  all.slice(1).forEach(([level, text], i) => {
    if (level > all[i][0] + 1) wrong.push(`h${level} "${text}" after h${all[i][0]}`);
  });
  return wrong;
}"""

# A picture has a text alternative: alt, aria-label, or <title> and <desc> with words in them.
ALTERNATIVES = """() => {
  const named = node => {
    if (node.closest('[aria-hidden="true"]')) return true;
    if (node.tagName === 'IMG') return node.alt.trim() || node.getAttribute('role') === 'presentation';
    const labels = (node.getAttribute('aria-labelledby') || '').split(/\\s+/).filter(Boolean)
      .map(id => document.getElementById(id)).filter(Boolean).map(found => found.textContent).join(' ');
    const title = node.querySelector(':scope > title');
    return (node.getAttribute('aria-label') || labels || (title && title.textContent) || '').trim();
  };
  const pictures = [...document.querySelectorAll('img, svg, canvas')].filter(node => !node.parentElement.closest('svg'));
  return pictures.filter(node => !named(node)).map(node => 'no text alternative: ' + node.outerHTML.slice(0, 120));
}"""

# A figure that holds a picture tells its content in words or numbers as well.
FIGURES = """() => [...document.querySelectorAll('figure')].filter(figure => {
  const caption = figure.querySelector('figcaption');
  return !figure.querySelector('table') && !(caption && caption.textContent.trim());
}).map(figure => 'neither data table nor caption: ' + figure.outerHTML.slice(0, 120))"""

# What scrolls by itself (a wide table in its own box) is allowed; the page as a whole must fit.
WIDTH = """() => {
  const page = document.documentElement;
  if (page.scrollWidth <= page.clientWidth) return [];
  const boxed = node => {
    for (let up = node.parentElement; up && up !== document.body; up = up.parentElement)
      if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(up).overflowX)) return true;
    return false;
  };
  const wide = [...document.body.querySelectorAll('*')]
    .filter(node => node.getBoundingClientRect().right > page.clientWidth + 1 && !boxed(node));
  const shown = wide.slice(0, 3).map(node => node.outerHTML.slice(0, 80)).join(' | ');
  return [`${page.scrollWidth} px wide in ${page.clientWidth}: ${shown}`];
}"""

# The size that is seen: a drawing that is scaled down scales its text.
SMALL_TEXT = """smallest => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const wrong = new Set();
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || node.closest('script, style, title, desc, noscript, template')) continue;
    if (node.closest('[aria-hidden="true"]') || !node.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const box = node.getBoundingClientRect();
    if (box.width <= 1 || box.height <= 1) continue;
    const matrix = node.ownerSVGElement && node.getScreenCTM();
    const scale = matrix ? Math.hypot(matrix.b, matrix.d) : 1;
    const size = parseFloat(getComputedStyle(node).fontSize) * scale;
    if (size < smallest - 0.05) wrong.add(`${size.toFixed(1)} px: ` + walker.currentNode.textContent.trim().slice(0, 40));
  }
  return [...wrong].slice(0, 10);
}"""

# Text of a drawing that reaches beyond the drawing's own box is cut off.
CLIPPED = """() => [...document.querySelectorAll('svg:not(svg svg)')].filter(svg => svg.checkVisibility()).flatMap(svg => {
  const box = svg.getBoundingClientRect();
  const words = text => [...text.childNodes].map(node => node.nodeName === 'title' ? '' : node.textContent).join('').trim();
  return [...svg.querySelectorAll('text')].filter(words).map(text => {
    const one = text.getBoundingClientRect();
    const beyond = Math.max(box.left - one.left, one.right - box.right, box.top - one.top - 1, one.bottom - box.bottom - 1);
    return beyond > 1 ? `cut off by ${beyond.toFixed(0)} px: ${words(text).slice(0, 60)}` : '';
  }).filter(Boolean);
})"""

# Texts of a drawing that stand on one another, as this machine's fonts draw them.
OVERLAPPING = """() => [...document.querySelectorAll('svg:not(svg svg)')].filter(svg => svg.checkVisibility()).flatMap(svg => {
  const words = text => [...text.childNodes].map(node => node.nodeName === 'title' ? '' : node.textContent).join('').trim();
  const texts = [...svg.querySelectorAll('text')].filter(words).map(text => [text.getBoundingClientRect(), words(text)]);
  return texts.flatMap(([a, one], i) => texts.slice(i + 1).filter(([b]) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3
  ).map(([, other]) => `on one another: ${one.slice(0, 40)} | ${other.slice(0, 40)}`));
}).slice(0, 10)"""

# WCAG 2.1, 1.4.3: 4.5 to 1 for text, 3 to 1 for large text. Not for drawings: what lies behind their text is not computable.
CONTRAST = """() => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.backgroundColor = 'Canvas';
  const canvas = numbers(getComputedStyle(probe).backgroundColor);
  probe.remove();
  const over = (top, below) => {
    const alpha = top.length > 3 ? top[3] : 1;
    return [0, 1, 2].map(i => top[i] * alpha + below[i] * (1 - alpha));
  };
  const ground = node => node ? over(numbers(getComputedStyle(node).backgroundColor), ground(node.parentElement)) : canvas;
  const light = colour => {
    const [r, g, b] = colour.map(one => one / 255).map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const wrong = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement, text = walker.currentNode.textContent.trim();
    if (!text || node.closest('svg, script, style, noscript, template') || !node.checkVisibility()) continue;
    const style = getComputedStyle(node), behind = ground(node);
    const [high, low] = [light(over(numbers(style.color), behind)), light(behind)].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < (large ? 3 : 4.5)) wrong.add(`contrast ${ratio.toFixed(1)}: ${text.slice(0, 40)}`);
  }
  return [...wrong].slice(0, 10);
}"""

TABLES = """() => [...document.querySelectorAll('table')].filter(table => !table.querySelector('th'))
  .map(table => 'a table without header cells: ' + table.textContent.trim().slice(0, 60))"""

# A column in which words stand letter above letter; the table should scroll or its cells stack instead.
SQUEEZED = """() => [...document.querySelectorAll('td, th')].filter(cell => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  const words = range.getBoundingClientRect(), size = parseFloat(getComputedStyle(cell).fontSize);
  return cell.checkVisibility() && cell.innerText.trim().length >= 4 && words.width < 2 * size && words.height > 3.5 * size;
}).slice(0, 5).map(cell => 'one letter a line: ' + cell.innerText.trim().slice(0, 40))"""

IDS = """() => {
  const ids = [...document.querySelectorAll('[id]')].map(node => node.id);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i).map(id => 'id used twice: ' + id);
  const links = [...document.querySelectorAll('a[href^="#"]')].map(link => decodeURIComponent(link.hash.slice(1)));
  return [...new Set([...twice, ...links.filter(id => id && !ids.includes(id)).map(id => 'a link to nowhere: #' + id)])];
}"""

READS_WELL = {
    "language": LANGUAGE,
    "title": TITLE,
    "headings": HEADINGS,
    "alternatives": ALTERNATIVES,
    "figures": FIGURES,
    "tables": TABLES,
    "squeezed": SQUEEZED,
    "ids": IDS,
    "clipped": CLIPPED,
    "overlapping": OVERLAPPING,
    "contrast": CONTRAST,
}


def problems(page: Page, script: str, argument: object = None) -> list[str]:
    """What one check finds in an opened page."""
    found: list[str] = page.evaluate(script, argument)
    return found


def _expect_nothing(found: dict[str, list[str]]) -> None:
    wrong = [f"{name}: {sentence}" for name, sentences in found.items() for sentence in sentences]
    assert not wrong, "\n" + "\n".join(wrong)


def check_reads_well(seen: Any) -> None:
    """Structure, language, alternatives, tables, links, contrast; no request and no error while it was opened."""
    found = {name: problems(seen.page, script) for name, script in READS_WELL.items()}
    found |= {"requests": seen.requests, "errors": seen.errors}
    _expect_nothing(found)


def check_fits_a_phone(seen: Any) -> None:
    """Opened at `PHONE` px: no sideways scrolling, no tiny text, nothing cut off."""
    found = {
        "width": problems(seen.page, WIDTH),
        "text": problems(seen.page, SMALL_TEXT, SMALLEST_TEXT),
        "clipped": problems(seen.page, CLIPPED),
        "overlapping": problems(seen.page, OVERLAPPING),
        "squeezed": problems(seen.page, SQUEEZED),
    }
    _expect_nothing(found)


def visible_text(page: Page) -> str:
    """The words that a reader sees, with white space collapsed."""
    return " ".join(str(page.evaluate("() => document.body.innerText")).split())


def check_needs_no_scripts(with_scripts: Any, without: Any) -> None:
    """Every word of the page is there without scripts."""
    words = set(visible_text(with_scripts.page).split())
    _expect_nothing({"without scripts missing": sorted(words - set(visible_text(without.page).split()))})


def check_prints(page: Page) -> bytes:
    """The page as PDF on A4, every chart on it; returns the PDF."""
    page.emulate_media(media="print")
    _expect_nothing({"printed": problems(page, CLIPPED)})
    pdf = page.pdf(format="A4", print_background=True)
    assert pdf.startswith(b"%PDF-")
    return pdf
