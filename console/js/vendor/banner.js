// @ts-nocheck
// @ts-self-types="./preact.d.ts"
