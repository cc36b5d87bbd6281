package dev.isthmus.bench.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumbersTest {
    @Test
    void medianIsTheMiddleOne() {
        assertThat(Numbers.median(List.of(9.0, 1.0, 100.0))).isEqualTo(9);
        assertThat(Numbers.median(List.of(4.0))).isEqualTo(4);
    }

    @Test
    void medianOfAnEvenNumberIsBetweenTheMiddleOnes() {
        assertThat(Numbers.median(List.of(8.0, 1.0, 2.0, 100.0))).isEqualTo(5);
    }

    @Test
    void medianOfNothingIsNoNumber() {
        assertThat(Numbers.median(List.of())).isNaN();
    }

    @ParameterizedTest
    @CsvSource({"0,0", "0.1236,0.124", "1.236,1.24", "12.36,12.4", "123.6,124", "1236,1240", "9994,9990",
        "9996,10.0k", "12360,12.4k", "999400,999k", "999600,1.00M", "1963000,1.96M", "NaN,-", "Infinity,-"})
    void figuresHaveThreeDigits(double value, String text) {
        assertThat(Numbers.brief(value)).isEqualTo(text);
    }
}
