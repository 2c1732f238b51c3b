done
asan 0
ERROR: AddressSanitizer: heap-buffer-overflow
ERROR: AddressSanitizer: heap-use-after-free
found 1
signed integer overflow
done
tsan 0
WARNING: ThreadSanitizer: data race
