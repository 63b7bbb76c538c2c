/** Version of the file format of a cell. */
export const CELL_VERSION = 1;
