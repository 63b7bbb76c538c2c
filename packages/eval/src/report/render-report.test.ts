import { describe, expect, it } from "vitest";
import { inlineSvg } from "./inline-svg.ts";
import { inkOn } from "./render-patches.ts";
import { renderReport } from "./render-report.ts";
import type { Report } from "./report.ts";

const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><defs><clipPath id="clip0"><rect/></clipPath></defs><g clip-path="url(#clip0)" aria-label="a > b"><text>x &lt; y</text></g><use href="#clip0"/></svg>';
const HOSTILE = `<script>alert("1")</script><img src=x onerror='go()'>&amp;`;

const REPORT: Report = {
  title: "What was found",
  lead: [{ kind: "text", text: "On a model." }],
  sections: [
    {
      title: "Finding",
      blocks: [
        { kind: "note", text: "Something." },
        { kind: "note", text: "Careful.", warning: true },
        { kind: "list", items: ["one", "two"] },
      ],
    },
    {
      title: "Figures",
      blocks: [
        { kind: "figure", svg: PICTURE, caption: "First" },
        { kind: "figure", svg: PICTURE, caption: "Second" },
        {
          kind: "table",
          columns: [{ title: "layer", align: "right" }, { title: "change" }],
          rows: [["5", "+0.8"], ["6"]],
          caption: "By layer",
        },
        { kind: "table", columns: [{ title: "answer" }], rows: [["A long one."]], long: true },
        { kind: "facts", facts: [["model", "phantom"]] },
        { kind: "code", text: "caa demo\n  --out x" },
        {
          kind: "patches",
          caption: "A text",
          patches: [
            { text: "What", color: "#005493", hover: "position 0" },
            { text: " now", endsLine: true, strong: true },
          ],
        },
        {
          kind: "grid",
          rowTitle: "layer",
          groups: [
            { title: "last", columns: ["plain", "steered"] },
            { title: "first", columns: ["plain", "steered"] },
          ],
          rows: [
            {
              title: "5",
              cells: ["a", "b", "c", "d"].map((text) => ({
                text,
                color: "#d0e0f0",
                hover: "more",
              })),
            },
          ],
          caption: "Layers",
        },
        {
          kind: "grid",
          dense: true,
          rowTitle: "layer",
          groups: [{ title: "prompt", columns: ["What", " now"] }],
          rows: [{ title: "5", cells: [{ text: "", color: "#005493" }, { text: "" }] }],
        },
      ],
    },
  ],
};

describe("renderReport", () => {
  it("makes the page that was looked at", async () => {
    await expect(renderReport(REPORT)).toMatchFileSnapshot("../../test/golden/report.html");
  });

  it("shows every text as it is, wherever it stands", () => {
    const page = renderReport({
      title: HOSTILE,
      lead: [{ kind: "text", text: HOSTILE }],
      sections: [
        {
          title: HOSTILE,
          blocks: [
            { kind: "note", text: HOSTILE },
            { kind: "list", items: [HOSTILE] },
            { kind: "facts", facts: [[HOSTILE, HOSTILE]] },
            { kind: "code", text: HOSTILE },
            { kind: "figure", svg: PICTURE, caption: HOSTILE },
            {
              kind: "table",
              columns: [{ title: HOSTILE }],
              rows: [[HOSTILE]],
              caption: HOSTILE,
              long: true,
            },
            {
              kind: "patches",
              patches: [{ text: HOSTILE, hover: HOSTILE, strong: true }],
              caption: HOSTILE,
            },
            {
              kind: "grid",
              rowTitle: HOSTILE,
              groups: [{ title: HOSTILE, columns: [HOSTILE, HOSTILE] }],
              rows: [{ title: HOSTILE, cells: [{ text: HOSTILE, hover: HOSTILE }] }],
              caption: HOSTILE,
            },
          ],
        },
      ],
    });
    expect(page).not.toMatch(/<script|<img|onerror='/);
    const shown =
      "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&lt;img src=x onerror=&#39;go()&#39;&gt;&amp;amp;";
    expect(page.split(shown)).toHaveLength(1 + 26);
    expect(renderReport({ title: "a\u0000b\u202ec\td", sections: [] })).toContain(
      "a\ufffdb\ufffdc\td",
    );
  });

  it("takes colors and nothing else as a color", () => {
    const patches = [{ text: "x", color: "#fff;background:url(https://example.org)" }];
    const render = (): string =>
      renderReport({ title: "t", lead: [{ kind: "patches", patches }], sections: [] });
    expect(render).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });

  it("needs nothing from elsewhere", () => {
    const page = renderReport(REPORT).replaceAll('xmlns="http://www.w3.org/2000/svg"', "");
    expect(page).not.toMatch(/https?:|\bsrc=|@import|<link|<script/);
    expect(page).toContain("default-src 'none'");
  });

  it("gives every picture ids of its own", () => {
    const page = renderReport(REPORT);
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map((match) => match[1]);
    expect(ids).toEqual(["figure-1-clip0", "figure-2-clip0"]);
    expect(page.match(/url\(#figure-2-clip0\)/g)).toHaveLength(1);
    expect(page.match(/href="#figure-2-clip0"/g)).toHaveLength(1);
  });
});

it("writes on a color in whichever of black and white reads better", () => {
  expect(["#ffffff", "#80aac9", "#b04000", "#005493"].map(inkOn)).toEqual([
    "#000000",
    "#000000",
    "#ffffff",
    "#ffffff",
  ]);
});

describe("inlineSvg", () => {
  const wrap = (inside: string): string => `<svg>${inside}</svg>`;

  it.each([
    ["a script", wrap("<script>go()</script>")],
    ["a script in a namespace", wrap("<svg:script>go()</svg:script>")],
    ["HTML", wrap("<foreignObject><p>x</p></foreignObject>")],
    ["a style for the whole page", wrap("<style>p { display: none }</style>")],
    ["an animation, which may set links", wrap('<animate attributeName="href"/>')],
    ["an event handler", '<svg onload="go()"></svg>'],
    ["an event handler after a quote", wrap('<g id="a"onclick=go()></g>')],
    ["an event handler behind a >", wrap('<g aria-label=">" onclick="go()"></g>')],
    ["a link", wrap('<use href="https://example.org/a.svg#b"/>')],
    ["a link in a namespace", wrap('<use xlink:href="javascript:go()"/>')],
    ["a resource", wrap('<g fill="url(https://example.org/a.svg#b)"/>')],
    ["an entity", `<!DOCTYPE svg [<!ENTITY x "y">]>${wrap("")}`],
    ["a comment, in which things hide", wrap("<!-- -->")],
    ["no picture", "<p>x</p>"],
    ["a picture that ends early", "<svg></svg><p>x</p>"],
    ["two", "<svg></svg><script></script><svg></svg>"],
    ["more than a page holds", wrap("x".repeat(5_000_000))],
  ])("refuses %s", (_, svg) => {
    expect(() => inlineSvg(svg, "p")).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });
});
