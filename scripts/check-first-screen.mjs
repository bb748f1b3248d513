// Fails when the first screen of the build is heavier than the limit.
import { firstScreen, mostKilobytes } from './first-screen.mjs';

const files = firstScreen('dist');
const total = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1024;
for (const { file, bytes } of files) console.log(`  ${(bytes / 1024).toFixed(1).padStart(6)} KB  ${file}`);
console.log(`  ${total.toFixed(1).padStart(6)} KB of ${mostKilobytes} KB, gzipped`);
process.exit(total <= mostKilobytes ? 0 : 1);
