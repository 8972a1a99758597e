// SPDX-License-Identifier: MIT
// The sound: a second of silence, one of full scale, one of half scale. What is drawn must be low, high and half as high.
'use strict'

const lines = []
function check(name, ok, why) {
  lines.push(`${ok ? 'ok' : 'not ok'} ${lines.filter((l) => !l.startsWith('#')).length + 1} - ${name}`)
  if (!ok) lines.push(`# ${JSON.stringify(why)}`)
}

// the height of the ink in column x (0 to 1) of a canvas, over the canvas's height: from the first to the last opaque pixel
function inkHeight(canvases, x) {
  let first = Infinity, last = -1, height = 1
  for (const canvas of canvases) {
    if (!canvas.width || !canvas.height) continue
    height = Math.max(height, canvas.height)
    const column = canvas.getContext('2d').getImageData(Math.floor(x * (canvas.width - 1)), 0, 1, canvas.height).data
    for (let y = 0; y < canvas.height; y++) {
      if (column[4 * y + 3] > 64) {
        first = Math.min(first, y)
        last = Math.max(last, y)
      }
    }
  }
  return last < 0 ? 0 : (last - first + 1) / height
}

// Two channels stand one above the other: half of the height lies between their middles.
function checkShape(name, canvases, channels = 1) {
  const heights = [1 / 6, 1 / 2, 5 / 6].map((x) => inkHeight(canvases, x))
  const wanted = channels === 1 ? [0, 1, 0.5] : [0.5, 1, 0.75]
  check(`${name}: silence is low, full scale high, half scale between`,
    heights.every((height, i) => Math.abs(height - wanted[i]) < 0.06), heights)
}

function event(emitter, name) {
  return new Promise((resolve) => emitter.on(name, resolve))
}

async function wavesurfer(values) {
  const player = WaveSurfer.create({
    container: '#wave', height: 120, width: 600, peaks: [values], duration: 3, waveColor: 'black', cursorWidth: 0
  })
  await event(player, 'redrawcomplete')
  check('wavesurfer.js: the duration', player.getDuration() === 3, player.getDuration())
  check('wavesurfer.js: as many points as were written', player.exportPeaks({ maxLength: values.length })[0].length === values.length,
    player.exportPeaks()[0].length)
  const canvases = player.getWrapper().querySelectorAll('.canvases canvas')
  checkShape('wavesurfer.js', canvases)
}

function initPeaks(dataUri) {
  return new Promise((resolve, reject) => {
    peaks.init({
      zoomview: { container: document.getElementById('zoomview'), waveformColor: 'black', showAxisLabels: false,
        axisGridlineColor: 'transparent', playheadColor: 'transparent' },
      overview: { container: document.getElementById('overview'), waveformColor: 'black', showAxisLabels: false,
        axisGridlineColor: 'transparent', playheadColor: 'transparent', highlightColor: 'transparent' },
      mediaElement: document.getElementById('sound'), dataUri, zoomLevels: [40]
    }, (error, instance) => error ? reject(error) : resolve(instance))
  })
}

async function peaksjs(name, dataUri, channels) {
  const instance = await initPeaks(dataUri)
  const data = instance.getWaveformData()
  check(`peaks.js, ${name}: it takes the data`, data.sample_rate === 8000 && data.channels === channels && data.length === 1200,
    [data.sample_rate, data.channels, data.length])
  await new Promise((resolve) => setTimeout(resolve, 500))
  checkShape(`peaks.js, ${name}`, document.querySelectorAll('#overview canvas'), channels)
  instance.destroy()
}

async function main() {
  try {
    await wavesurfer(await (await fetch('tone.peaks.json')).json())
    await peaksjs('json', { json: 'tone.json' }, 1)
    await peaksjs('dat, version 1', { arraybuffer: 'tone.dat' }, 1)
    await peaksjs('dat of two channels, version 2', { arraybuffer: 'two.dat' }, 2)
  } catch (error) {
    check('the players load what was written', false, String(error.stack || error))
  }
  lines.push(`1..${lines.filter((l) => !l.startsWith('#')).length}`)
  document.getElementById('result').textContent = lines.join('\n')
  document.title = 'done'
}

main()
