using FsCheck;
using FsCheck.Fluent;
using Polymath.Learning.Optimization;

namespace Polymath.Tests;

public sealed class ScheduleTests
{
    [Fact]
    public void Warm_up_climbs_linearly_to_the_base_rate()
    {
        var schedule = new ConstantSchedule { Warmup = 4 };
        Assert.Equal([0.25, 0.5, 0.75, 1, 1, 1], Factors(schedule, 6));
        Assert.Equal(Factors(schedule, 40), Factors(new ConstantSchedule { Warmup = 0.1 }, 40));
    }

    [Fact]
    public void Cosine_falls_from_one_to_the_minimum_after_the_warm_up()
    {
        double[] factors = Factors(new CosineSchedule { Minimum = 0.1, Warmup = 10 }, 110);
        Assert.Equal(1, factors[9]);
        Assert.Equal(1, factors[10]);
        Assert.Equal(0.55, factors[60], 1e-12);
        Assert.Equal(0.1 + (0.45 * (1 + Math.Cos(Math.PI * 0.99))), factors[109], 1e-12);
    }

    [Fact]
    public void Step_drops_after_every_so_many_steps()
        => Assert.Equal([1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125], Factors(new StepSchedule { Every = 0.3, Gamma = 0.5 }, 10));

    [Fact]
    public void One_cycle_touches_its_start_peak_and_end()
    {
        double[] factors = Factors(new OneCycleSchedule { Rise = 0.3, Divisor = 25, FinalDivisor = 1e4 }, 100);
        Assert.Equal(1 / 25.0, factors[0], 1e-12);
        Assert.Equal(1, factors[29], 1e-12);
        Assert.Equal(1 / 25.0 / 1e4, factors[99], 1e-12);
        Assert.Equal(1 + (((1 / 25.0) - 1) * 0.5 * (1 + Math.Cos(Math.PI * 10 / 29))), factors[10], 1e-12);
    }

    [Fact]
    public void Every_factor_lies_between_zero_and_one_for_any_length()
    {
        LearningRateSchedule[] schedules = [new ConstantSchedule { Warmup = 3 }, new CosineSchedule { Warmup = 0.2 }, new StepSchedule { Every = 2 }, new OneCycleSchedule(), new OneCycleSchedule { Rise = 1, Warmup = 2 }, new OneCycleSchedule { Rise = 0 }];
        Prop.ForAll(
            Gen.Choose(1, 40).ToArbitrary(),
            Gen.Choose(0, 60).ToArbitrary(),
            (total, step) =>
            {
                foreach (LearningRateSchedule schedule in schedules) Assert.InRange(schedule.Factor(step, total), 0, 1 + 1e-12);
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void After_the_last_step_the_last_factor_stays()
    {
        var schedule = new CosineSchedule { Minimum = 0.2 };
        Assert.Equal(schedule.Factor(9, 10), schedule.Factor(50, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => schedule.Factor(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => schedule.Factor(-1, 5));
    }

    private static double[] Factors(LearningRateSchedule schedule, int total) => [.. Enumerable.Range(0, total).Select(step => schedule.Factor(step, total))];
}
