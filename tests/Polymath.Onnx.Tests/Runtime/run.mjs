// Runs ONNX models for the tests: one JSON request per line of standard input, one JSON answer per line of standard output.
// Request: { model, inputs: { name: { type, dims, data } } }, data in base64 or, for strings, as an array. Answer: { outputs } likewise, or { error }.
import { createInterface } from 'node:readline';
import ort from 'onnxruntime-node';

const arrays = { float32: Float32Array, float64: Float64Array, int64: BigInt64Array };
const sessions = new Map();

function decode({ type, dims, data }) {
  if (type === 'string') return new ort.Tensor(type, data, dims);
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
  return new ort.Tensor(type, new arrays[type](bytes.buffer), dims);
}

function encode({ type, dims, data }) {
  return { type, dims, data: type === 'string' ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') };
}

async function answer({ model, inputs }) {
  if (!sessions.has(model)) sessions.set(model, await ort.InferenceSession.create(model, { intraOpNumThreads: 1, logSeverityLevel: 3 }));
  const session = sessions.get(model);
  const results = await session.run(Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, decode(value)])));
  return { outputs: Object.fromEntries(session.outputNames.map(name => [name, encode(results[name])])) };
}

for await (const line of createInterface({ input: process.stdin })) {
  let reply;
  try {
    reply = await answer(JSON.parse(line));
  } catch (error) {
    reply = { error: String(error) };
  }
  process.stdout.write(JSON.stringify(reply) + '\n');
}
