"use strict";
// A guess opens the answer, is marked in words, and counts once.
const questions = [...document.querySelectorAll(".question")];
const score = document.querySelector(".score");
let right = 0, answered = 0;
for (const question of questions) {
  question.addEventListener("change", (event) => {
    const good = event.target.value === question.dataset.answer;
    const said = question.querySelector(".said");
    said.textContent = good ? said.dataset.right : said.dataset.wrong;
    question.querySelector("details").open = true;
    for (const input of question.querySelectorAll("input")) input.disabled = !input.checked;
    answered += 1;
    right += good ? 1 : 0;
    const told = answered < questions.length ? score.dataset.some : score.dataset.all;
    score.textContent = told.replace("{right}", right).replace("{answered}", answered);
  }, { once: true });
}
