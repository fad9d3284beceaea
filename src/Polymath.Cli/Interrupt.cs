using System.Runtime.InteropServices;

namespace Polymath.Cli;

/// <summary>Turns the first Ctrl-C (or SIGTERM) into a request to stop; the second one ends the process at once.</summary>
internal sealed class Interrupt : IDisposable
{
    private const int InterruptNumber = 2, TerminateNumber = 15;
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private volatile int _signal;

    /// <summary>Listens until disposed.</summary>
    /// <param name="asked">Told once, from another thread.</param>
    public Interrupt(Action asked)
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Handle(context, InterruptNumber, asked)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Handle(context, TerminateNumber, asked)),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>What the process answers after a signal, as shells expect it.</summary>
    public int ExitCode => Cli.ExitCode.Signalled + (_signal == 0 ? InterruptNumber : _signal);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context, int signal, Action asked)
    {
        // Left alone, the second signal ends the process the default way.
        if (_signal != 0) return;
        _signal = signal;
        context.Cancel = true;
        asked();
        _source.Cancel();
    }
}
