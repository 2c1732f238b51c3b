// node: files, by callback, promise and stream; watchers; modules.
const fs = require('fs'),
	fsp = require('fs/promises'),
	path = require('path'),
	os = require('os'),
	zlib = require('zlib'),
	crypto = require('crypto');
const {
	pipeline
} = require('stream/promises'), {
	execFileSync
} = require('child_process'), {
	Worker
} = require('worker_threads');
(async () => {
	fs.writeFileSync('a', 'hello');
	fs.appendFileSync('a', ' world');
	console.log(fs.readFileSync('a', 'utf8'), fs.statSync('a').size);
	await Promise.all([...Array(100).keys()].map(i => fsp.writeFile(`f${i}`, 'x'.repeat(
		i))));
	console.log((await fsp.readdir('.')).length, (await Promise.all([...Array(100).keys()]
		.map(i => fsp.stat(`f${i}`)))).reduce((a, s) => a + s.size, 0));
	await fsp.mkdir('d/e/f', {
		recursive: true
	});
	await fsp.symlink('../a', 'd/l');
	console.log(await fsp.readlink('d/l'), await fsp.readFile('d/l', 'utf8'), path.basename(
		await fsp.realpath('d/l')));
	await fsp.rename('f1', 'd/g');
	await fsp.copyFile('a', 'b');
	await fsp.chmod('b', 0o600);
	console.log(((await fsp.stat('b')).mode & 0o777).toString(8));
	await fsp.utimes('b', 1, 2);
	console.log((await fsp.stat('b')).mtimeMs);
	for (const [f, p] of [
			['open', 'nothere'],
			['readdir', 'a'],
			['rmdir', 'd'],
			['mkdir', 'd']
		]) await fsp[f](p).catch(e => console.log(f, e.code));
	fs.writeFileSync('big', crypto.createHash('sha512').update('seed').digest('hex').repeat(
		5000));
	await pipeline(fs.createReadStream('big'), zlib.createGzip(), fs.createWriteStream(
		'big.gz'));
	await pipeline(fs.createReadStream('big.gz'), zlib.createGunzip(), fs.createWriteStream(
		'big2'));
	console.log(fs.readFileSync('big').equals(fs.readFileSync('big2')));
	const h = await fsp.open('big', 'r+');
	await h.write('PATCH', 10);
	console.log((await h.read(Buffer.alloc(5), 0, 5, 10)).buffer.toString());
	await h.truncate(20);
	console.log((await h.stat()).size);
	await h.close();
	fs.writeFileSync('m.js', 'exports.x = require("path").sep');
	console.log(require(path.resolve('m.js')).x);
	await fsp.rm('d', {
		recursive: true
	});
	console.log(fs.existsSync('d'));
	console.log(crypto.createHash('sha256').update('abc').digest('hex'), crypto.randomBytes(
		8).length, JSON.stringify({
		a: [1, {
			b: null
		}]
	}));
	console.log(await import('os').then(m => m.EOL === '\n'), os.platform(), os.cpus()
		.length > 0, os.totalmem() > 0, os.userInfo().uid === process.getuid());
	const t0 = process.hrtime.bigint();
	await new Promise(r => setTimeout(r, 50));
	console.log(process.hrtime.bigint() - t0 >= 49000000n);
	let n = 0;
	await new Promise(r => {
		const i = setInterval(() => {
			if (++n === 5) {
				clearInterval(i);
				r();
			}
		}, 5);
	});
	console.log('intervals', n);
	const order = [];
	setImmediate(() => order.push('immediate'));
	process.nextTick(() => order.push('tick'));
	Promise.resolve().then(() => order.push('micro'));
	await new Promise(r => setTimeout(r, 20));
	console.log(order.join());
	const s = [];
	for (let i = 0; i < 200000; i++) s.push({
		i,
		t: 'x' + i
	});
	console.log(s.filter(x => x.i % 7 === 0).length);
	console.log(new Function('a',
			'let s = 0; for (let i = 0; i < 3e6; i++) s = (s + i * a) | 0; return s')(
		3));
	process.on('exit', c => console.log('exit', c));
	process.exitCode = 3;
})();
