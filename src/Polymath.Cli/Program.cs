return Polymath.Cli.PolymathApplication.Run(args);
