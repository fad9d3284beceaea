using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Polymath.Benchmarks.Comparison;

/// <summary>
/// A Python process that measures on request (bench/peers/serve.py). It lives as long as the comparison of one number of threads and
/// blocks on a read in between.
/// </summary>
internal sealed class Peer : IDisposable
{
    /// <summary>The OpenBLAS kernels that a processor with AVX-512 is made to use.</summary>
    public const string WideCore = "SKYLAKEX";

    // Processor time is counted in ticks of 10 ms: a thread that waits awake shows in this time.
    private const int IdleMilliseconds = 30;
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(2);

    private readonly Process _process;

    /// <summary>Starts a process.</summary>
    /// <param name="script">Path of serve.py.</param>
    /// <param name="python">The interpreter.</param>
    /// <param name="threads">Threads of OpenBLAS and of torch.</param>
    /// <param name="tuned">
    /// Whether it is given what makes it fast: AVX-512 kernels where the processor has them, and the OpenBLAS that shares its threads with
    /// torch, because the usual one keeps threads of its own awake beside those of torch. Otherwise it is as its packages come.
    /// </param>
    /// <param name="warmUp">Seconds of warm-up.</param>
    public Peer(string script, string python, int threads, bool tuned, double warmUp)
    {
        var start = new ProcessStartInfo(python, [script]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        string count = threads.ToString(CultureInfo.InvariantCulture);
        foreach (string variable in (string[])["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]) start.Environment[variable] = count;
        start.Environment["POLYMATH_BENCH_WARM_UP"] = warmUp.ToString(CultureInfo.InvariantCulture);
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment.Remove("OPENBLAS_CORETYPE");
        if (tuned && Machine.HasAvx512) start.Environment["OPENBLAS_CORETYPE"] = WideCore;
        if (tuned && SharedThreads is not null) start.Environment["LD_LIBRARY_PATH"] = SharedThreads;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{python} did not start.");
        About = JsonSerializer.Deserialize<PeerVersions>(Ask("about"), JsonSerializerOptions.Web)!;
        if (About.OpenBlasCore is null) throw new InvalidOperationException("NumPy does not use OpenBLAS here, expected it as the peer; install libopenblas0-pthread.");
        WaitUntilIdle();
    }

    /// <summary>The folder of Debian's libopenblas0-openmp; null where it is not installed.</summary>
    public static string? SharedThreads { get; } = Directory.Exists("/usr/lib") ? Directory.EnumerateDirectories("/usr/lib").Select(folder => Path.Combine(folder, "openblas-openmp")).FirstOrDefault(Directory.Exists) : null;

    /// <summary>What it runs on.</summary>
    public PeerVersions About { get; }

    /// <summary>
    /// One sample of a case, in seconds per operation; the first request of a case also warms it up. Returns when all threads of the peer
    /// sleep: those of OpenBLAS wait awake for some 0.1 s after a product, and would take a processor from whoever is measured next.
    /// </summary>
    /// <exception cref="InvalidOperationException">The peer could not do it; the message says why.</exception>
    public double Sample(string request)
    {
        double seconds = double.Parse(Ask(request), CultureInfo.InvariantCulture);
        WaitUntilIdle();
        return seconds;
    }

    public void Dispose()
    {
        // It ends when there is nothing more to read.
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void WaitUntilIdle()
    {
        if (About.Threads == 1) return;
        TimeSpan before, after = _process.TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        do
        {
            before = after;
            Thread.Sleep(IdleMilliseconds);
            _process.Refresh();
            after = _process.TotalProcessorTime;
        }
        while (after > before && Stopwatch.GetElapsedTime(start) < s_longestWait);
    }

    private string Ask(string request)
    {
        string? answer;
        try
        {
            _process.StandardInput.WriteLine(request);
            _process.StandardInput.Flush();
            answer = _process.StandardOutput.ReadLine();
        }
        catch (IOException)
        {
            answer = null;
        }

        if (answer is null) throw new InvalidOperationException($"the peer ended while it was asked for '{request}'.");
        return answer.StartsWith("error: ", StringComparison.Ordinal) ? throw new InvalidOperationException($"the peer answered '{request}' with {answer}") : answer;
    }
}
