export { readFileLimited } from "./read-file-limited.ts";
export { sha256File } from "./sha256-file.ts";
export { statOrUndefined } from "./stat-or-undefined.ts";
export {
  hashSteeringVectors,
  loadSteeringVectors,
  saveSteeringVectors,
} from "./steering-vectors.ts";
export { errorCode, fileErrorReason, ioError } from "./wrap-error.ts";
export { writeFileAtomic } from "./write-file-atomic.ts";
