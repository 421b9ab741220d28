"""What people fill in. A form checks what was typed; who may, where and whether it is complete is asked elsewhere."""
