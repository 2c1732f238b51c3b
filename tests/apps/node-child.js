// node: child processes, signals, ipc channel, worker threads, shared memory.
const cp = require('child_process'),
	{
		Worker,
		isMainThread,
		parentPort,
		workerData
	} = require('worker_threads');
if (!isMainThread) {
	const a = new Int32Array(workerData.buf);
	for (let i = 0; i < 1000; i++) Atomics.add(a, 0, 1);
	Atomics.notify(a, 1);
	parentPort.postMessage(workerData.n * 2);
	return;
}
if (process.argv[2] === 'child') {
	process.on('message', m => {
		process.send({
			got: m,
			pid: process.pid > 0
		});
		process.disconnect();
	});
	return;
}
const once = (e, n) => new Promise(r => e.once(n, (...a) => r(a)));
(async () => {
	console.log(cp.execSync('echo sync; exit 0').toString().trim(), cp.spawnSync('sh', [
		'-c', 'echo err >&2; exit 4'
	]).status, cp.spawnSync('sh', ['-c', 'kill -9 $$']).signal, cp.spawnSync(
		'/nothere').error.code);
	let p = cp.spawn('cat');
	p.stdin.end('x'.repeat(300000));
	let n = 0;
	p.stdout.on('data', d => n += d.length);
	console.log(await once(p, 'close'), n);
	p = cp.spawn('sleep', ['100']);
	p.kill();
	console.log(await once(p, 'exit'));
	p = cp.exec('echo $A', {
		env: {
			...process.env,
			A: 'env'
		}
	});
	p.stdout.on('data', d => console.log(d.trim()));
	await once(p, 'close');
	console.log((await Promise.all([...Array(12).keys()].map(i => once(cp.spawn('sh', ['-c',
		`exit ${i}`
	]), 'exit')))).map(x => x[0]).join());
	p = cp.fork(__filename, ['child']);
	p.send({
		hello: 1
	});
	console.log((await once(p, 'message'))[0], await once(p, 'exit'));
	const buf = new SharedArrayBuffer(8),
		ws = [...Array(4).keys()].map(n => new Worker(__filename, {
			workerData: {
				n,
				buf
			}
		}));
	console.log((await Promise.all(ws.map(w => once(w, 'message')))).map(x => x[0]).join(),
		new Int32Array(buf)[0]);
	await Promise.all(ws.map(w => w.terminate()));
	process.once('SIGUSR2', () => console.log('usr2'));
	process.kill(process.pid, 'SIGUSR2');
	await new Promise(r => setTimeout(r, 50));
	console.log(cp.spawnSync('node', ['-e', 'process.exit(5)']).status, cp.spawnSync('node',
		['-e', 'setTimeout(()=>process.abort(),10)']).signal, cp.spawnSync('node', [
		'-e', 'throw 1'
	]).status);
	console.log(cp.execFileSync('node', ['-p', 'process.argv.length', 'a', 'b']).toString()
		.trim(), cp.spawnSync('sleep', ['10'], {
			timeout: 50
		}).error.code);
})();
