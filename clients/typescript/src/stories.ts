// Both SOPs from beginning to end. BASE is where the service listens, DATA_DIR its data folder, as `cargo run` prints them.
import { certification } from "./certification.ts";
import { whistleBlowing } from "./whistle-blowing.ts";

await certification();
await whistleBlowing();
