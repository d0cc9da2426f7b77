"use strict";

const list = (id, items) => document.getElementById(id).replaceChildren(...items);
const say = (text) => (document.getElementById("message").textContent = text);

const item = (text, ...children) => {
  const element = document.createElement("li");
  element.append(text, ...children);
  return element;
};

async function call(path, options) {
  const response = await fetch(`api/${path}`, options);
  const body = await response.json();
  if (!response.ok) throw new Error(body.error ?? response.statusText);
  return body;
}

const buy = (product) => async () => {
  try {
    const order = await call("orders", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ product: product.id, quantity: 1 }),
    });
    say(`order ${order.id} is ${order.status}`);
    await refresh();
  } catch (error) {
    say(error.message);
  }
};

async function refresh() {
  const [products, orders] = await Promise.all([call("products"), call("orders")]);
  list(
    "products",
    products.map((product) => {
      const button = document.createElement("button");
      button.textContent = "Buy one";
      button.onclick = buy(product);
      return item(`${product.name}: ${(product.cents / 100).toFixed(2)} USD, ${product.stock} left`, button);
    }),
  );
  list(
    "orders",
    orders.map((order) => item(`${order.quantity} × ${order.name}: ${order.status}`)),
  );
}

const tick = () => refresh().catch((error) => say(error.message));
void tick();
setInterval(tick, 3000);
