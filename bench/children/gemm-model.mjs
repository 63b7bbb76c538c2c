// An ONNX file of one Gemm with a constant matrix, in the wire format of protocol buffers (fields as in onnx.proto).

const varint = (n) => {
  const bytes = [];
  let rest = n;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
};
const number = (field, n) => Buffer.concat([varint(field * 8), varint(n)]);
const bytes = (field, ...parts) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([varint(field * 8 + 2), varint(body.length), body]);
};

const FLOAT = 1;

function value(field, name, shape) {
  const dimensions = shape.map((size) => bytes(1, number(1, size)));
  const tensor = bytes(1, number(1, FLOAT), bytes(2, ...dimensions));
  return bytes(field, bytes(1, name), bytes(2, tensor));
}

/** `y = x w`, x (m, k) given at each run, w (k, n) held by the file. */
export function gemmModel(m, k, n) {
  const weights = new Float32Array(k * n).fill(0.5);
  const node = bytes(1, bytes(1, "x"), bytes(1, "w"), bytes(2, "y"), bytes(4, "Gemm"));
  const held = [number(1, k), number(1, n), number(2, FLOAT), bytes(8, "w")];
  const initializer = bytes(5, ...held, bytes(9, Buffer.from(weights.buffer)));
  const graph = [node, bytes(2, "g"), initializer, value(11, "x", [m, k]), value(12, "y", [m, n])];
  return Buffer.concat([number(1, 10), bytes(7, ...graph), bytes(8, number(2, 17))]);
}
