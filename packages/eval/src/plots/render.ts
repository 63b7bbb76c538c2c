import { createRequire } from "node:module";
import { CaaError } from "@caa/core";
import { Resvg } from "@resvg/resvg-js";
import { parse, resetSVGDefIds, View } from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { FONT_FAMILY } from "./theme.ts";

/** A Vega-Lite specification as SVG text, without a browser; the same text on every machine. */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const view = new View(parse(compile(spec).spec), { renderer: "none" });
  try {
    // Ids of clip paths count up over the life of the module.
    resetSVGDefIds();
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

export interface RenderPngOptions {
  /** Pixels per unit of the picture, in (0, 8]. @default 2 */
  readonly scale?: number;
}

/**
 * An SVG picture of this package as PNG, with the fonts of an npm package, never those of the system.
 * @throws {CaaError} invalid-argument for text that is no SVG, or a scale out of range
 */
export function renderPng(svg: string, options: RenderPngOptions = {}): Uint8Array {
  const { scale = 2 } = options;
  if (!(scale > 0 && scale <= 8)) {
    throw new CaaError("invalid-argument", `renderPng: expected a scale in (0, 8], got ${scale}`);
  }
  const require = createRequire(import.meta.url);
  const fontFiles = [
    require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"),
    require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"),
  ];
  try {
    const picture = new Resvg(svg, {
      background: "#ffffff",
      fitTo: { mode: "zoom", value: scale },
      font: {
        fontFiles,
        loadSystemFonts: false,
        defaultFontFamily: FONT_FAMILY,
        sansSerifFamily: FONT_FAMILY,
      },
    });
    return picture.render().asPng();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CaaError("invalid-argument", `renderPng: expected an SVG picture, got: ${reason}`, {
      cause,
    });
  }
}
