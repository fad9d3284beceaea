namespace Polymath.Tensors;

/// <summary>A sweep within the sweep, over a segment that was run again.</summary>
internal sealed partial class BackwardPass
{
    /// <summary>
    /// Records the segment behind a checkpoint again after all other nodes and sweeps that part. It reads the same nodes as in the first run,
    /// so its cotangents go where they would have gone, in the same order.
    /// </summary>
    public void Recompute(Node checkpoint)
    {
        (int from, int segments, int count) = (tape.Count, tape.SegmentCount, _count);
        (RowSet rows, bool releases) = (Rows, Releases);
        try
        {
            Node output = tape.Rerun(checkpoint);
            MakeSlots(from);
            MarkNeeded(from);
            Promise(output, rows);
            Plan(from);
            Accumulate(output, rows, _cotangents[checkpoint.Index]);
            if (!_collected[checkpoint.Index]) Release(checkpoint.Index);
            Releases = true;
            FindEarlyReaders(from);
            Sweep(from);
        }
        finally
        {
            for (int i = from; i < _count; i++)
            {
                if (_rows[i] is not null) Release(i);
            }

            tape.Truncate(from, segments);
            (_count, Rows, Releases) = (count, rows, releases);
        }
    }
}
