import '#libs/ops'; // planted: imports/flow-rendering
import '#libs/kernel';
