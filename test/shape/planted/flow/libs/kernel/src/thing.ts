import '#libs/audit'; // planted: imports/flow-kernel
