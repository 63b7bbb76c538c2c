import type { Config } from "vega-lite";

/** In the package `dejavu-fonts-ttf`, whose files `renderPng` loads. */
export const FONT_FAMILY = "DejaVu Sans";

export const CONFIG: Config = {
  background: "#ffffff",
  font: FONT_FAMILY,
  padding: 12,
  view: { stroke: "#cccccc" },
  axis: {
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: "normal",
    gridColor: "#eeeeee",
    labelFlush: false,
  },
  legend: { labelFontSize: 11, labelLimit: 700, titleFontSize: 12, titleFontWeight: "normal" },
  title: {
    anchor: "start",
    fontSize: 14,
    fontWeight: "bold",
    subtitleFontSize: 11,
    subtitleColor: "#555555",
    subtitlePadding: 6,
    subtitleLineHeight: 15,
    offset: 12,
  },
};
