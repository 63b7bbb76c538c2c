export { PHANTOM, phantomFolder } from "./phantom-folder.ts";
export { plantedDirections } from "./planted-directions.ts";
export type { PlantedDirection, PlantedDirections } from "./planted-directions.ts";
