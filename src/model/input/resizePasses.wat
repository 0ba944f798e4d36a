;; The passes of `resize` and of `resizeRoundedOnce`, one row at a time, with SIMD. Addresses are in bytes.
;;
;; Those of `resize` are in whole numbers. A weight w, with 22 bits of fraction, is high * 2^11 + low, where
;; 0 <= low < 2^11: both parts are int16, so that one instruction takes eight products. The sums of either part are exact, and so is (sum of high) * 2^11 + sum of low. The
;; weights of two taps lie together, [high, high, low, low]; a last tap that is missing has the weight 0, and what is
;; read for it, or behind the end of a row, does not matter.
(module
  (memory (export "memory") 1)

  ;; A row of pixels, three bytes each, to one that is written to `to` up to `end` and three bytes more.
  ;; `starts`: int32, how many bytes behind `from` the first input of each output is. `weights`: of each output
  ;; `weightBytes`, those of a multiple of four taps.
  (func (export "resizeRow")
    (param $from i32) (param $to i32) (param $end i32)
    (param $starts i32) (param $weights i32) (param $weightBytes i32)
    (local $pixels i32) (local $lastWeight i32) (local $four v128) (local $two v128) (local $high v128) (local $low v128)
    (loop $outputs
      (local.set $pixels (i32.add (local.get $from) (i32.load (local.get $starts))))
      (local.set $lastWeight (i32.add (local.get $weights) (local.get $weightBytes)))
      (local.set $high (v128.const i32x4 0 0 0 0))
      (local.set $low (v128.const i32x4 0x200000 0x200000 0x200000 0x200000)) ;; a half
      (loop $taps
        (local.set $four (v128.load (local.get $pixels)))
        ;; Of two pixels red beside red, and so on, each byte as an int16.
        (local.set $two
          (i8x16.swizzle (local.get $four) (v128.const i8x16 0 -1 3 -1 1 -1 4 -1 2 -1 5 -1 -1 -1 -1 -1)))
        (local.set $high
          (i32x4.add (local.get $high)
            (i32x4.dot_i16x8_s (local.get $two) (v128.load32_splat (local.get $weights)))))
        (local.set $low
          (i32x4.add (local.get $low)
            (i32x4.dot_i16x8_s (local.get $two) (v128.load32_splat offset=4 (local.get $weights)))))
        (local.set $two
          (i8x16.swizzle (local.get $four) (v128.const i8x16 6 -1 9 -1 7 -1 10 -1 8 -1 11 -1 -1 -1 -1 -1)))
        (local.set $high
          (i32x4.add (local.get $high)
            (i32x4.dot_i16x8_s (local.get $two) (v128.load32_splat offset=8 (local.get $weights)))))
        (local.set $low
          (i32x4.add (local.get $low)
            (i32x4.dot_i16x8_s (local.get $two) (v128.load32_splat offset=12 (local.get $weights)))))
        (local.set $pixels (i32.add (local.get $pixels) (i32.const 12)))
        (local.set $weights (i32.add (local.get $weights) (i32.const 16)))
        (br_if $taps (i32.lt_u (local.get $weights) (local.get $lastWeight))))
      (local.set $low
        (i32x4.shr_s
          (i32x4.add (i32x4.shl (local.get $high) (i32.const 11)) (local.get $low))
          (i32.const 22)))
      (local.set $low (i16x8.narrow_i32x4_s (local.get $low) (local.get $low)))
      (v128.store32_lane 0 (local.get $to) (i8x16.narrow_i16x8_u (local.get $low) (local.get $low)))
      (local.set $starts (i32.add (local.get $starts) (i32.const 4)))
      (local.set $to (i32.add (local.get $to) (i32.const 3)))
      (br_if $outputs (i32.lt_u (local.get $to) (local.get $end)))))

  ;; The weighted sum of rows of `rowBytes`, the first of them at `from`, which is written to `to` up to `end` and 15 bytes
  ;; more. `weights`: `weightBytes`, those of a multiple of two taps.
  (func (export "sumRows")
    (param $from i32) (param $to i32) (param $end i32)
    (param $rowBytes i32) (param $weights i32) (param $weightBytes i32)
    (local $row i32) (local $weight i32) (local $lastWeight i32) (local $upper v128) (local $lower v128)
    (local $high v128) (local $low v128) (local $values v128)
    (local $high0 v128) (local $high1 v128) (local $high2 v128) (local $high3 v128)
    (local $low0 v128) (local $low1 v128) (local $low2 v128) (local $low3 v128)
    (local.set $lastWeight (i32.add (local.get $weights) (local.get $weightBytes)))
    (loop $outputs
      (local.set $row (local.get $from))
      (local.set $weight (local.get $weights))
      (local.set $high0 (v128.const i32x4 0 0 0 0))
      (local.set $high1 (local.get $high0))
      (local.set $high2 (local.get $high0))
      (local.set $high3 (local.get $high0))
      (local.set $low0 (v128.const i32x4 0x200000 0x200000 0x200000 0x200000)) ;; a half
      (local.set $low1 (local.get $low0))
      (local.set $low2 (local.get $low0))
      (local.set $low3 (local.get $low0))
      (loop $taps
        (local.set $high (v128.load32_splat (local.get $weight)))
        (local.set $low (v128.load32_splat offset=4 (local.get $weight)))
        (local.set $upper (v128.load (local.get $row)))
        (local.set $lower (v128.load (i32.add (local.get $row) (local.get $rowBytes))))
        ;; Each byte beside the one below it, as int16: the values of four outputs at a time.
        (local.set $values
          (i8x16.shuffle 0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23 (local.get $upper) (local.get $lower)))
        (local.set $upper
          (i8x16.shuffle 8 24 9 25 10 26 11 27 12 28 13 29 14 30 15 31 (local.get $upper) (local.get $lower)))
        (local.set $lower (i16x8.extend_low_i8x16_u (local.get $values)))
        (local.set $high0 (i32x4.add (local.get $high0) (i32x4.dot_i16x8_s (local.get $lower) (local.get $high))))
        (local.set $low0 (i32x4.add (local.get $low0) (i32x4.dot_i16x8_s (local.get $lower) (local.get $low))))
        (local.set $lower (i16x8.extend_high_i8x16_u (local.get $values)))
        (local.set $high1 (i32x4.add (local.get $high1) (i32x4.dot_i16x8_s (local.get $lower) (local.get $high))))
        (local.set $low1 (i32x4.add (local.get $low1) (i32x4.dot_i16x8_s (local.get $lower) (local.get $low))))
        (local.set $lower (i16x8.extend_low_i8x16_u (local.get $upper)))
        (local.set $high2 (i32x4.add (local.get $high2) (i32x4.dot_i16x8_s (local.get $lower) (local.get $high))))
        (local.set $low2 (i32x4.add (local.get $low2) (i32x4.dot_i16x8_s (local.get $lower) (local.get $low))))
        (local.set $lower (i16x8.extend_high_i8x16_u (local.get $upper)))
        (local.set $high3 (i32x4.add (local.get $high3) (i32x4.dot_i16x8_s (local.get $lower) (local.get $high))))
        (local.set $low3 (i32x4.add (local.get $low3) (i32x4.dot_i16x8_s (local.get $lower) (local.get $low))))
        (local.set $row (i32.add (local.get $row) (i32.shl (local.get $rowBytes) (i32.const 1))))
        (local.set $weight (i32.add (local.get $weight) (i32.const 8)))
        (br_if $taps (i32.lt_u (local.get $weight) (local.get $lastWeight))))
      (v128.store (local.get $to)
        (i8x16.narrow_i16x8_u
          (i16x8.narrow_i32x4_s
            (i32x4.shr_s (i32x4.add (i32x4.shl (local.get $high0) (i32.const 11)) (local.get $low0)) (i32.const 22))
            (i32x4.shr_s (i32x4.add (i32x4.shl (local.get $high1) (i32.const 11)) (local.get $low1)) (i32.const 22)))
          (i16x8.narrow_i32x4_s
            (i32x4.shr_s (i32x4.add (i32x4.shl (local.get $high2) (i32.const 11)) (local.get $low2)) (i32.const 22))
            (i32x4.shr_s (i32x4.add (i32x4.shl (local.get $high3) (i32.const 11)) (local.get $low3)) (i32.const 22)))))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (local.set $to (i32.add (local.get $to) (i32.const 16)))
      (br_if $outputs (i32.lt_u (local.get $to) (local.get $end)))))

  ;; A row of pixels, three bytes each, to one of float32, which is written to `to` up to `end` and four bytes more.
  ;; `starts`: as above. `weights`: float32, `weightBytes` of each output.
  (func (export "resizeRowInFloats")
    (param $from i32) (param $to i32) (param $end i32)
    (param $starts i32) (param $weights i32) (param $weightBytes i32)
    (local $pixel i32) (local $lastWeight i32) (local $sum v128)
    (loop $outputs
      (local.set $pixel (i32.add (local.get $from) (i32.load (local.get $starts))))
      (local.set $lastWeight (i32.add (local.get $weights) (local.get $weightBytes)))
      (local.set $sum (v128.const f32x4 0 0 0 0))
      (loop $taps
        (local.set $sum
          (f32x4.add (local.get $sum)
            (f32x4.mul
              (v128.load32_splat (local.get $weights))
              (f32x4.convert_i32x4_u
                (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (v128.load32_zero (local.get $pixel))))))))
        (local.set $pixel (i32.add (local.get $pixel) (i32.const 3)))
        (local.set $weights (i32.add (local.get $weights) (i32.const 4)))
        (br_if $taps (i32.lt_u (local.get $weights) (local.get $lastWeight))))
      (v128.store (local.get $to) (local.get $sum))
      (local.set $starts (i32.add (local.get $starts) (i32.const 4)))
      (local.set $to (i32.add (local.get $to) (i32.const 12)))
      (br_if $outputs (i32.lt_u (local.get $to) (local.get $end)))))

  ;; The weighted sum of rows of float32, `rowBytes` each, the first of them at `from`, as bytes: rounded, halves to even,
  ;; and clamped. It is written to `to` up to `end` and three bytes more.
  (func (export "sumRowsOfFloats")
    (param $from i32) (param $to i32) (param $end i32)
    (param $rowBytes i32) (param $weights i32) (param $weightBytes i32)
    (local $row i32) (local $weight i32) (local $lastWeight i32) (local $sum v128)
    (local.set $lastWeight (i32.add (local.get $weights) (local.get $weightBytes)))
    (loop $outputs
      (local.set $row (local.get $from))
      (local.set $weight (local.get $weights))
      (local.set $sum (v128.const f32x4 0 0 0 0))
      (loop $taps
        (local.set $sum
          (f32x4.add (local.get $sum)
            (f32x4.mul (v128.load32_splat (local.get $weight)) (v128.load (local.get $row)))))
        (local.set $row (i32.add (local.get $row) (local.get $rowBytes)))
        (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
        (br_if $taps (i32.lt_u (local.get $weight) (local.get $lastWeight))))
      (local.set $sum (i32x4.trunc_sat_f32x4_s (f32x4.nearest (local.get $sum))))
      (local.set $sum (i16x8.narrow_i32x4_s (local.get $sum) (local.get $sum)))
      (v128.store32_lane 0 (local.get $to) (i8x16.narrow_i16x8_u (local.get $sum) (local.get $sum)))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (local.set $to (i32.add (local.get $to) (i32.const 4)))
      (br_if $outputs (i32.lt_u (local.get $to) (local.get $end))))))
