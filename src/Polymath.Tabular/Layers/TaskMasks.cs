using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>The masks of MultiTab-Net (Sinodinos et al. 2026; official create_mtl_mask), task tokens first.</summary>
/// <example><code>
/// Tensor mask = TaskMasks.Create(tokens: 5, taskTokens: 2, TaskMask.TaskToTask);   // [5, 5]; [0, 1] and [1, 0] are 1
/// </code></example>
public static class TaskMasks
{
    /// <summary>A mask.</summary>
    /// <param name="tokens">n, all tokens.</param>
    /// <param name="taskTokens">How many of them, from the first, belong to tasks; in [0, n].</param>
    /// <param name="mask">What is blocked.</param>
    /// <returns>Shape <c>[n, n]</c> (query, key), 1 where blocked; every token sees itself.</returns>
    public static Tensor Create(int tokens, int taskTokens, TaskMask mask)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(taskTokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(taskTokens, tokens);
        Tensor blocked = Tensor.Zeros(tokens, tokens);
        for (int query = 0; query < tokens; query++)
        {
            bool closed = query < taskTokens ? mask is TaskMask.TaskToTask or TaskMask.Both : mask is TaskMask.FeatureToTask or TaskMask.Both;
            if (!closed) continue;
            blocked.Span.Slice(query * tokens, taskTokens).Fill(1f);
            if (query < taskTokens) blocked.Span[(query * tokens) + query] = 0f;
        }

        return blocked;
    }
}
