export { exportVectors } from "../formats/exchange/export-vectors.ts";
export type { ExportedVectors, ExportVectorsOptions } from "../formats/exchange/export-vectors.ts";
export { importVectors } from "../formats/exchange/import-vectors.ts";
export type { ImportedVectors, ImportVectorsOptions } from "../formats/exchange/import-vectors.ts";
export { parseReferenceName, shortModelName } from "../formats/exchange/layer-of-name.ts";
export type { ReferenceName } from "../formats/exchange/layer-of-name.ts";
export type { NamedBytes } from "../formats/exchange/named-bytes.ts";
export type { VectorFormat } from "../formats/exchange/read-foreign.ts";
export { filesOfModel } from "../formats/exchange/reference-files.ts";
export { decodeTorch } from "../formats/torch/decode-torch.ts";
export { encodeTorch } from "../formats/torch/encode-torch.ts";
export type { EncodeTorchOptions } from "../formats/torch/encode-torch.ts";
export type { TorchDtype, TorchTensor } from "../formats/torch/torch-tensor.ts";
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
