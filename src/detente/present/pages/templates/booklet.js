"use strict";
// A guess opens the answer, is marked in words, and counts once.
const questions = [...document.querySelectorAll(".question")];
const score = document.querySelector(".score");
let right = 0, answered = 0;
for (const question of questions) {
  question.addEventListener("change", (event) => {
    const good = event.target.value === question.dataset.answer;
    question.querySelector(".said").textContent = good ? "Right." : "Not so: it is " + question.dataset.answer + ").";
    question.querySelector("details").open = true;
    for (const input of question.querySelectorAll("input")) input.disabled = !input.checked;
    answered += 1;
    right += good ? 1 : 0;
    score.textContent = right + " of " + answered + " right" + (answered < questions.length ? " so far" : "") + ".";
  }, { once: true });
}
