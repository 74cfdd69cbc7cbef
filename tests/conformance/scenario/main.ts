// The scenario: what real clients do with an organization, one part after the other on the same project.
import { carried } from "./carried";
import { reached } from "./reached";
import { refusals } from "./refusals";
import { begin, steps } from "./steps";
import { told } from "./told";
import { versions } from "./versions";

async function main(): Promise<void> {
  const world = await begin();
  await versions(world);
  await carried(world);
  await told(world);
  await reached(world);
  await refusals(world);
  console.log(`${steps()} steps hold`);
}

main().catch((error) => {
  console.error(error.response?.data ?? error);
  console.error(error.stack);
  process.exit(1);
});
