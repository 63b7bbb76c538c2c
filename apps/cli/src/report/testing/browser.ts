import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

/** A busy machine takes its time. */
const TIMEOUT_MS = 90_000;

const PLACES = [process.env["CHROMIUM_PATH"] ?? "", "/usr/bin/chromium"];

/** The installed browser; null where there is none. */
export const CHROMIUM: string | null =
  PLACES.find((path) => path !== "" && existsSync(path)) ?? null;

export interface SeenPage {
  /** Messages of the console, and errors. */
  readonly complaints: readonly string[];
  /** All but the page itself. */
  readonly requests: readonly string[];
  readonly scrollWidth: number;
  readonly figures: number;
  readonly tables: number;
  /** Height of the lowest picture, in pixels. */
  readonly smallestFigure: number;
  /** Whether a text of the page ran as a program. */
  readonly ran: boolean;
}

/** Opens a page in headless Chromium in a window of this width and looks at it. */
export async function openPage(path: string, width: number): Promise<SeenPage> {
  const browser = await chromium.launch({
    ...(CHROMIUM === null ? {} : { executablePath: CHROMIUM }),
    args: ["--no-sandbox", "--disable-gpu"],
  });
  try {
    const tab = await browser.newPage({ viewport: { width, height: 844 } });
    tab.setDefaultTimeout(TIMEOUT_MS);
    const complaints: string[] = [];
    const requests: string[] = [];
    const url = pathToFileURL(path).href;
    tab.on("console", (message) => complaints.push(message.text()));
    tab.on("pageerror", (error) => complaints.push(error.message));
    tab.on("request", (request) => {
      if (request.url() !== url) {
        requests.push(request.url());
      }
    });
    let ran = false;
    tab.on("dialog", (dialog) => {
      ran = true;
      void dialog.dismiss();
    });
    await tab.goto(url);
    const heights = await tab
      .locator("figure svg")
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
    return {
      complaints,
      requests,
      scrollWidth: await tab.locator("html").evaluate((root) => root.scrollWidth),
      figures: await tab.locator("figure svg").count(),
      tables: await tab.locator("table").count(),
      smallestFigure: Math.min(...heights),
      ran,
    };
  } finally {
    await browser.close();
  }
}
