// Goroutines, channels, processes, loopback network, signals, users, files.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"os/user"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"
)

func check(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func goroutines() {
	var wg sync.WaitGroup
	var mu sync.Mutex
	total := 0
	c := make(chan int)
	for i := 0; i < 1000; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			mu.Lock()
			total += i
			mu.Unlock()
			c <- i
		}(i)
	}
	sum := 0
	for i := 0; i < 1000; i++ {
		sum += <-c
	}
	wg.Wait()
	fmt.Println("goroutines", total, sum)
	done := make(chan bool)
	go func() { // never yields by itself: needs preemption
		for x := uint64(1); x != 0; x += 2 {
		}
		done <- true
	}()
	time.Sleep(20 * time.Millisecond)
	runtime.GC()
	fmt.Println("collected beside a busy loop")
	select {
	case <-done:
	case <-time.After(30 * time.Millisecond):
		fmt.Println("timer")
	}
}

func processes() {
	out, err := exec.Command("sh", "-c", "echo from sh; exit 3").Output()
	fmt.Printf("%q %v\n", out, err)
	cmd := exec.Command("tr", "a-z", "A-Z")
	cmd.Stdin = strings.NewReader(strings.Repeat("text ", 50000))
	out, err = cmd.Output()
	fmt.Println(len(out), string(out[:4]), err)
	_, err = exec.Command("/nonexistent").Output()
	fmt.Println(err)
	cmd = exec.Command("sleep", "100")
	check(cmd.Start())
	check(cmd.Process.Kill())
	fmt.Println(cmd.Wait())
	var wg sync.WaitGroup
	n := make([]int, 20)
	for i := range n {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			err := exec.Command("sh", "-c", fmt.Sprint("exit ", i)).Run()
			if e, ok := err.(*exec.ExitError); ok {
				n[i] = e.ExitCode()
			}
		}(i)
	}
	wg.Wait()
	fmt.Println(n)
}

func network() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { io.Copy(c, c); c.Close() }()
		}
	}()
	var wg sync.WaitGroup
	for i := 0; i < 20; i++ {
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			c, err := net.Dial("tcp", l.Addr().String())
			check(err)
			fmt.Fprintf(c, "line %d\n", i)
			s, err := bufio.NewReader(c).ReadString('\n')
			check(err)
			if s != fmt.Sprintf("line %d\n", i) {
				fmt.Println("wrong", s)
			}
			c.Close()
		}(i)
	}
	wg.Wait()
	l.Close()
	h, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go http.Serve(h, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "you asked ", r.URL.Path)
	}))
	r, err := http.Get("http://" + h.Addr().String() + "/path")
	check(err)
	b, _ := io.ReadAll(r.Body)
	fmt.Println(string(b))
	u, err := net.Listen("unix", "go.sock")
	check(err)
	go func() { c, _ := u.Accept(); fmt.Fprintln(c, "over unix"); c.Close() }()
	c, err := net.Dial("unix", "go.sock")
	check(err)
	b, _ = io.ReadAll(c)
	fmt.Print(string(b))
	u.Close()
	c2, _ := net.Listen("tcp", "127.0.0.1:0")
	c2.(*net.TCPListener).SetDeadline(time.Now().Add(20 * time.Millisecond))
	_, err = c2.Accept()
	fmt.Println(err.(net.Error).Timeout())
}

func signals() {
	c := make(chan os.Signal, 10)
	signal.Notify(c, syscall.SIGUSR1, syscall.SIGTERM)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	fmt.Println(<-c)
	syscall.Kill(os.Getpid(), syscall.SIGTERM)
	fmt.Println(<-c)
	signal.Reset()
}

func files() {
	check(os.MkdirAll("tree/a/b", 0o755))
	for i := 0; i < 50; i++ {
		check(os.WriteFile(fmt.Sprintf("tree/a/%d", i), []byte(strings.Repeat("x", i)), 0o644))
	}
	var names []string
	size := int64(0)
	filepath.Walk("tree", func(p string, f os.FileInfo, err error) error {
		if f.Mode().IsRegular() {
			names = append(names, p)
			size += f.Size()
		}
		return nil
	})
	sort.Strings(names)
	fmt.Println(len(names), names[0], size)
	check(os.Symlink("a", "tree/l"))
	d, _ := os.ReadDir("tree/l")
	check(os.Rename("tree/a/1", "tree/one"))
	_, err := os.Stat("tree/a/1")
	fmt.Println(len(d), os.IsNotExist(err))
	check(os.RemoveAll("tree"))
	u, err := user.Current()
	check(err)
	fmt.Println(u.Uid == fmt.Sprint(os.Getuid()), runtime.NumCPU() > 0)
	w, _ := user.LookupId("0")
	fmt.Println(w.Username, w.HomeDir)
	_, err = os.Open("/nonexistent")
	fmt.Println(err)
	b, _ := os.ReadFile("/proc/self/cmdline")
	fmt.Println(len(b) > 0, time.Unix(0, 0).UTC())
}

func main() {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "exit":
			os.Exit(9)
		case "panic":
			panic("on purpose")
		case "nil":
			var p *int
			*p = 1
		case "kill":
			syscall.Kill(os.Getpid(), syscall.SIGTERM)
			time.Sleep(time.Second)
		}
	}
	defer func() { fmt.Println("recovered", recover()) }()
	goroutines()
	processes()
	network()
	signals()
	files()
	var p *int
	*p = 1 // a fault that the runtime turns into a panic
}
