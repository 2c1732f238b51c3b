// node: http, tcp, udp and unix sockets over loopback.
const net = require('net'),
	http = require('http'),
	dgram = require('dgram'),
	dns = require('dns');
const once = (e, n) => new Promise(r => e.once(n, (...a) => r(a)));
(async () => {
	const s = http.createServer((q, r) => {
		let n = 0;
		q.on('data', d => n += d.length);
		q.on('end', () => r.end(`${q.method} ${q.url} ${n}`));
	}).listen(0, '127.0.0.1');
	await once(s, 'listening');
	const port = s.address().port;
	const get = (method, path, body) => new Promise((ok, no) => {
		const q = http.request({
			port,
			host: '127.0.0.1',
			method,
			path
		}, r => {
			let t = '';
			r.on('data', d => t += d);
			r.on('end', () => ok(t));
		});
		q.on('error', no);
		q.end(body);
	});
	console.log(await get('GET', '/a'), await get('POST', '/b', 'z'.repeat(500000)));
	console.log((await Promise.all([...Array(50).keys()].map(i => get('GET', '/' + i))))
		.length);
	if (global.fetch) console.log(await (await fetch(`http://127.0.0.1:${port}/f`)).text());
	s.close();
	for (const where of [{
			port: 0,
			host: '127.0.0.1'
		}, {
			path: process.cwd() + '/sock'
		}]) {
		const e = net.createServer(c => c.pipe(c)).listen(where);
		await once(e, 'listening');
		const c = net.connect(where.path ? where : {
			port: e.address().port,
			host: '127.0.0.1'
		});
		c.write('echo');
		console.log((await once(c, 'data'))[0].toString());
		c.end();
		await once(c, 'close');
		e.close();
	}
	await new Promise(r => net.connect(1, '127.0.0.1').on('error', e => {
		console.log(e.code);
		r();
	}));
	const u = dgram.createSocket('udp4');
	u.bind(0, '127.0.0.1');
	await once(u, 'listening');
	const v = dgram.createSocket('udp4');
	v.send('dgram', u.address().port, '127.0.0.1');
	console.log((await once(u, 'message'))[0].toString());
	u.close();
	v.close();
	console.log((await dns.promises.lookup('localhost', {
		family: 4
	})).address);
	const a = net.createServer().listen(0, '127.0.0.1');
	await once(a, 'listening');
	const b = net.createServer().listen(a.address().port, '127.0.0.1');
	console.log((await once(b, 'error'))[0].code);
	a.close();
	for await (const l of require('readline').createInterface({
		input: require('fs').createReadStream('/etc/hostname')
	})) console.log(l.length > 0);
})();
