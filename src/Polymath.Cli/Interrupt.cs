using System.Runtime.InteropServices;

namespace Polymath.Cli;

/// <summary>Turns the first Ctrl-C (or SIGTERM) into a request to stop; the second one ends the process at once.</summary>
internal sealed class Interrupt : IDisposable
{
    private const int InterruptNumber = 2, TerminateNumber = 15;
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Action _asked, _insisted;
    private volatile int _signal;

    /// <summary>Listens until disposed.</summary>
    /// <param name="asked">Told about the first signal, from another thread.</param>
    /// <param name="insisted">Told about a second one, just before the process ends.</param>
    public Interrupt(Action asked, Action insisted)
    {
        (_asked, _insisted) = (asked, insisted);
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Handle(context, InterruptNumber)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Handle(context, TerminateNumber)),
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

    private void Handle(PosixSignalContext context, int signal)
    {
        if (_signal != 0)
        {
            // Left alone, the signal now ends the process the default way.
            _insisted();
            return;
        }

        _signal = signal;
        context.Cancel = true;
        _asked();
        _source.Cancel();
    }
}
