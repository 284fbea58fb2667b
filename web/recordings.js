// The list of recordings: when each was made, as this browser tells the time.

import { localTimes } from './moments.js';

localTimes(document);
