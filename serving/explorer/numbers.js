/** Numbers as the page writes them. */

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export function count(number) {
  return whole.format(number);
}

export function counted(number, one, many = `${one}s`) {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** A number with its sign and a true minus, so that columns of both signs line up. */
export function signed(number, digits = 3) {
  const size = Math.abs(number).toFixed(digits);
  if (Number(size) === 0) return size;
  return `${number < 0 ? "−" : "+"}${size}`;
}

export function bytes(number) {
  if (number >= 2 ** 20) return `${Number((number / 2 ** 20).toFixed(1))} MiB`;
  if (number >= 2 ** 10) return `${Number((number / 2 ** 10).toFixed(1))} KiB`;
  return `${number} bytes`;
}
