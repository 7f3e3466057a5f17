import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { failpoint, setFailpoint } from '../../../src/platform/failpoint.ts';

const MODULE = new URL('../../../src/platform/failpoint.ts', import.meta.url).href;

/** Passes P1 three times and P2 twice in a process of its own; what it printed and how it ended. */
function passings(spec: string): { out: string; signal: string | null } {
  const code = `
    const { failpoint, setFailpoint } = await import(${JSON.stringify(MODULE)});
    const { writeSync } = await import('node:fs');
    setFailpoint(${JSON.stringify(spec)});
    for (const name of ['P1', 'P2', 'P1', 'P2', 'P1']) { failpoint(name); writeSync(1, name + ' '); }`;
  const run = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], { encoding: 'utf8' });
  return { out: run.stdout.trim(), signal: run.signal };
}

describe('failpoint', () => {
  afterEach(() => setFailpoint(undefined));

  it('does nothing unless armed', () => {
    setFailpoint(undefined);
    failpoint('P1');
    setFailpoint('');
    failpoint('P1');
    setFailpoint('P2:kill');
    failpoint('P1');
  });

  it('kills at the first hit, before anything else happens', () => {
    expect(passings('P2:kill')).to.deep.equal({ out: 'P1', signal: 'SIGKILL' });
  });

  it('kills at the hit asked for', () => {
    expect(passings('P1:kill@3')).to.deep.equal({ out: 'P1 P2 P1 P2', signal: 'SIGKILL' });
    expect(passings('P1:kill@4')).to.deep.equal({ out: 'P1 P2 P1 P2 P1', signal: null });
  });

  for (const bad of ['P1', 'P1:die', 'P1:kill@0', 'P1:kill@x', ':kill']) {
    it(`refuses ${bad}`, () => {
      expect(() => setFailpoint(bad)).to.throw('FAILPOINT');
    });
  }
});
