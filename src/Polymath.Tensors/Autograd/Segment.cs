namespace Polymath.Tensors;

/// <summary>A part of the forward pass that keeps only its input and is run again in the backward sweep, with the random numbers of the first run.</summary>
internal sealed class Segment
{
    private readonly List<Draws> _draws = [];
    private Func<Tensor, Tensor>? _function;
    private Tensor _input;

    public void Begin(Func<Tensor, Tensor> function, Tensor input)
    {
        (_function, _input) = (function, input);
        _draws.Clear();
    }

    /// <summary>Remembers where a stream stands before the first draw of this segment.</summary>
    public void Observe(RandomStream stream)
    {
        foreach (Draws known in _draws)
        {
            if (ReferenceEquals(known.Stream, stream)) return;
        }

        _draws.Add(new Draws(stream, stream.Position));
    }

    public Tensor Run() => _function!(_input);

    /// <summary>Runs the function on the same input with the same random numbers; every stream then goes on from where it was.</summary>
    public Tensor Repeat()
    {
        ExchangePositions();
        try
        {
            return Run();
        }
        finally
        {
            foreach (ref Draws draws in Span) draws.Stream.Position = draws.Resume;
        }
    }

    /// <summary>Lets go of what the caller gave.</summary>
    public void End()
    {
        (_function, _input) = (null, default);
        _draws.Clear();
    }

    private Span<Draws> Span => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_draws);

    private void ExchangePositions()
    {
        foreach (ref Draws draws in Span)
        {
            draws.Resume = draws.Stream.Position;
            draws.Stream.Position = draws.Start;
        }
    }

    private struct Draws(RandomStream stream, ulong start)
    {
        public readonly RandomStream Stream => stream;

        public readonly ulong Start => start;

        public ulong Resume;
    }
}
