export { id18 } from '../bulk/recordId.js';
