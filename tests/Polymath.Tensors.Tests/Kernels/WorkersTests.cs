using System.Diagnostics;
using System.Globalization;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests;

[Collection(KernelTests.Name)]
public sealed unsafe class WorkersTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Every_chunk_runs_exactly_once_at_any_thread_count(int threads)
    {
        int before = Workers.Count;
        Workers.Configure(threads);
        try
        {
            Assert.Equal(threads, Workers.Count);
            int* counts = stackalloc int[97];
            for (int round = 1; round <= 2000; round++)
            {
                int chunks = round % 98;
                new Span<int>(counts, 97).Clear();
                var body = new CountBody { Counts = counts };
                Workers.For(chunks, ref body);
                for (int i = 0; i < 97; i++) Assert.Equal(i < chunks ? 1 : 0, counts[i]);
            }
        }
        finally
        {
            Workers.Configure(before);
        }
    }

    /// <summary>The runtime's own setting stands in for the quota of a container, which it overrides.</summary>
    [Theory]
    [InlineData("1", null, 1)]
    [InlineData("3", null, 3)]
    [InlineData("1", "4", 4)]
    [InlineData("3", "none", 3)]
    public void The_default_is_the_variable_and_else_the_processors_of_the_container(string processors, string? variable, int expected)
    {
        const string Child = "POLYMATH_EXPECT_THREADS";
        if (Environment.GetEnvironmentVariable(Child) is { } wanted)
        {
            Assert.Equal(wanted, Workers.DefaultCount().ToString(CultureInfo.InvariantCulture));
            return;
        }

        // The number is settled when a process starts, so each case is a process: this test again, told what to find.
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add(typeof(WorkersTests).Assembly.Location);
        start.ArgumentList.Add("-method");
        start.ArgumentList.Add($"*{nameof(The_default_is_the_variable_and_else_the_processors_of_the_container)}");
        start.Environment["DOTNET_PROCESSOR_COUNT"] = processors;
        start.Environment["POLYMATH_THREADS"] = variable;
        start.Environment[Child] = expected.ToString(CultureInfo.InvariantCulture);
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }

    [Fact]
    public void A_nested_loop_runs_inline()
    {
        int* counts = stackalloc int[64];
        new Span<int>(counts, 64).Clear();
        var body = new NestedBody { Counts = counts };
        Workers.For(8, ref body);
        for (int i = 0; i < 64; i++) Assert.Equal(1, counts[i]);
    }

    [Fact]
    public void An_exception_in_a_chunk_reaches_the_caller_and_the_pool_survives()
    {
        int* counts = stackalloc int[5];
        for (int round = 0; round < 50; round++)
        {
            var failing = default(FailingBody);
            Assert.Throws<InvalidOperationException>(() => Workers.For(64, ref failing));
            new Span<int>(counts, 5).Clear();
            var body = new CountBody { Counts = counts };
            Workers.For(5, ref body);
            for (int i = 0; i < 5; i++) Assert.Equal(1, counts[i]);
        }
    }

    [Fact]
    public void Concurrent_callers_and_reconfiguration_do_not_disturb_each_other()
    {
        int before = Workers.Count;
        var callers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            int* counts = stackalloc int[31];
            for (int round = 0; round < 2000; round++)
            {
                new Span<int>(counts, 31).Clear();
                var body = new CountBody { Counts = counts };
                Workers.For(31, ref body);
                if (new ReadOnlySpan<int>(counts, 31).ContainsAnyExcept(1)) throw new InvalidOperationException("A chunk was lost or repeated.");
            }
        })).ToArray();
        foreach (Thread caller in callers) caller.Start();
        for (int i = 0; i < 40; i++) Workers.Configure(1 + (i % 4));
        foreach (Thread caller in callers) caller.Join();
        Workers.Configure(before);
    }

    [Fact]
    public void A_warm_loop_allocates_nothing()
    {
        int* counts = stackalloc int[16];
        var body = new CountBody { Counts = counts };
        for (int i = 0; i < 50; i++) Workers.For(16, ref body);
        Assert.Equal(0, SteadyAllocation.Of(() =>
        {
            for (int i = 0; i < 200; i++) Workers.For(16, ref body);
        }));
    }

    [Fact]
    public void A_thread_count_below_one_is_refused()
        => Assert.Throws<ArgumentOutOfRangeException>(() => Workers.Configure(0));

    private struct CountBody : IBody
    {
        public int* Counts;

        public readonly void Run(int chunk) => Interlocked.Increment(ref Counts[chunk]);
    }

    private struct NestedBody : IBody
    {
        public int* Counts;

        public readonly void Run(int chunk)
        {
            var inner = new CountBody { Counts = Counts + (8 * chunk) };
            Workers.For(8, ref inner);
        }
    }

    private struct FailingBody : IBody
    {
        public readonly void Run(int chunk)
        {
            if (chunk % 7 == 3) throw new InvalidOperationException("chunk");
        }
    }
}
