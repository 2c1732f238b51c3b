# Go: build a program with the Go tools, and run what they built.
cp "$SRC/prog.go" .
GOCACHE=$T/cache GOFLAGS=-p=2 GO111MODULE=off GOTOOLCHAIN=local
export GOCACHE GOFLAGS GO111MODULE GOTOOLCHAIN
go vet prog.go && go build -o prog prog.go && ./prog
echo "status $?"
CGO_ENABLED=0 go build -o static prog.go && ./static | tail -n 3
GOMAXPROCS=8 GOGC=5 ./prog | md5sum | cut -c1-4 >/dev/null
./static exit
echo $?
./prog panic 2>/dev/null
echo $?
./prog nil 2>/dev/null
echo $?
./prog kill
echo $?
gofmt -l prog.go
go env GOARCH
go clean -cache
