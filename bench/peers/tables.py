"""
From a text file to arrays that a network can be trained on, with pandas: numbers standardised, missing ones set to the mean and marked in
a column of their own, categories numbered with 0 for rare ones and 1 for missing ones, labels as 0 and 1.
"""
import numpy
import pandas


def encode(path, names, categorical, dropped, *targets):
    """
    names, categorical and dropped are separated by commas; a target is column==value with _ for blanks. Columns that pandas reads as text
    are categories too. Values are separated by a comma and blanks; `?` and nothing mean missing.
    """
    names, categorical, dropped = names.split(","), set(categorical.split(",")), set(dropped.split(","))
    targets = [target.replace("_", " ").split("==") for target in targets]
    sources = {column for column, _ in targets}

    def run():
        table = pandas.read_csv(path, header=None, names=names, skipinitialspace=True, na_values=["?"], dtype={name: str for name in categorical if name in names})
        numbers, ids = [], []
        for name in names:
            column = table[name]
            if name in sources or name in dropped:
                continue
            if column.dtype == object:
                codes, categories = pandas.factorize(column, sort=True)
                missing = codes < 0
                first = 2 if missing.any() else 1
                frequent = numpy.bincount(codes[~missing], minlength=len(categories)) >= 2
                number = numpy.where(frequent, numpy.cumsum(frequent) + first - 1, 0)
                ids.append(numpy.where(missing, 1, number[codes]).astype(numpy.int32))
                continue
            values = column.to_numpy(numpy.float32)
            missing = numpy.isnan(values)
            mean, deviation = numpy.nanmean(values, dtype=numpy.float64), numpy.nanstd(values, dtype=numpy.float64)
            numbers.append(numpy.where(missing, 0, (values - numpy.float32(mean)) / numpy.float32(deviation or 1)))
            if missing.any():
                numbers.append(missing.astype(numpy.float32))
        labels = [(table[column] == value).to_numpy(numpy.float32) for column, value in targets]
        return tuple(numpy.ascontiguousarray(numpy.stack(part, 1)) for part in (numbers, ids, labels))

    return run
